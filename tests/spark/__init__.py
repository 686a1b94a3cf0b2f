"""The second engine on a real cluster: a master and two workers on this machine."""
