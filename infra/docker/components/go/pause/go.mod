module kubedrill.local/components/pause

go 1.24.0
