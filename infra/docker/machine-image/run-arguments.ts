// How a machine is run by the engine. One way everywhere, so that what is tested is what users run: `--privileged` asks
// for every capability and fails where the host itself lacks one (CAP_SYS_RESOURCE in nested environments).

/** Every capability that engines since 20.10 know by name, except SYS_RESOURCE. */
const capabilities = [
  ..."AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID".split(
    " ",
  ),
  ..."IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE".split(
    " ",
  ),
  ..."NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE".split(
    " ",
  ),
  ..."SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM".split(" "),
];

/** Arguments for `docker run` or `docker create`: all that systemd, containerd and a kubelet need, without networks. */
export const machineRunArguments: readonly string[] = [
  "--cap-drop=ALL",
  ...capabilities.map((name) => `--cap-add=${name}`),
  "--security-opt=seccomp=unconfined",
  "--security-opt=apparmor=unconfined",
  "--security-opt=systempaths=unconfined",
  "--device-cgroup-rule=a *:* rwm",
  // systemd: shut down cleanly; the engine cannot be told this when an image is imported.
  "--stop-signal=SIGRTMIN+3",
  "--cgroupns=private",
  "--tmpfs=/run:rw,nosuid,nodev,mode=755",
  "--tmpfs=/tmp:rw,nosuid,nodev,mode=1777",
];
