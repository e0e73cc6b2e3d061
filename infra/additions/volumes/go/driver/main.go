// The embedded lab's volumes: a CSI driver of one node, whose volumes and snapshots are folders of that node. It is as
// small as a driver can be that snapshots and restores: no sizes are enforced, and a snapshot is a copy.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const (
	driverName    = "volumes.kubedrill.local"
	driverVersion = "1.0.0"
	topologyKey   = "topology.volumes.kubedrill.local/node"
)

func main() {
	node := flag.String("node", "", "name of the node")
	data := flag.String("data", "/data", "folder of volumes and snapshots")
	kubelet := flag.String("kubelet", "/var/lib/kubelet", "the kubelet's folder, mounted at the same path")
	flag.Parse()
	if *node == "" {
		log.Fatal("--node is missing")
	}
	store, err := openStore(*data)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	endpoint := filepath.Join(*kubelet, "plugins", driverName, "csi.sock")
	plugin := grpc.NewServer()
	csi.RegisterIdentityServer(plugin, identity{})
	csi.RegisterControllerServer(plugin, controller{store: store, node: *node})
	csi.RegisterNodeServer(plugin, nodeService{store: store, node: *node})
	serve(ctx, plugin, endpoint)

	// The kubelet finds a driver by a second socket, which it watches for.
	registrar := grpc.NewServer()
	registration.RegisterRegistrationServer(registrar, registrationService{endpoint: endpoint})
	serve(ctx, registrar, filepath.Join(*kubelet, "plugins_registry", driverName+"-reg.sock"))

	log.Printf("%s serves on node %s", driverName, *node)
	<-ctx.Done()
	registrar.Stop()
	plugin.Stop()
}

// serve listens on a socket until the context ends; a socket that was left behind is replaced, and none is left behind.
func serve(ctx context.Context, server *grpc.Server, path string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		log.Fatal(err)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := server.Serve(listener); err != nil && ctx.Err() == nil {
			log.Fatal(err)
		}
	}()
}

type registrationService struct {
	registration.UnimplementedRegistrationServer
	endpoint string
}

func (s registrationService) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{
		Type:              registration.CSIPlugin,
		Name:              driverName,
		Endpoint:          s.endpoint,
		SupportedVersions: []string{driverVersion},
	}, nil
}

func (registrationService) NotifyRegistrationStatus(
	_ context.Context, status *registration.RegistrationStatus,
) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		log.Fatalf("the kubelet did not register the driver: %s", status.Error)
	}
	return &registration.RegistrationStatusResponse{}, nil
}
