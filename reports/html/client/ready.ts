// Says to styles and to the other scripts that script is running.
document.documentElement.classList.add("js");
