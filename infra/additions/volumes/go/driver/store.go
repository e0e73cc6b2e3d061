package main

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// store keeps volumes/ID/ and snapshots/ID/{data,about.json}. What is being made has another name until it is whole.
type store struct {
	root string
	// One change at a time.
	lock *sync.Mutex
}

type about struct {
	Volume  string    `json:"volume"`
	Created time.Time `json:"created"`
	Bytes   int64     `json:"bytes"`
}

var (
	errNoSuch  = errors.New("there is no such volume or snapshot")
	errOther   = errors.New("a snapshot of that name is of another volume")
	errBadName = errors.New("a name may have letters, digits, dots and dashes")
	plainName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)
)

func openStore(root string) (store, error) {
	for _, each := range []string{"volumes", "snapshots"} {
		if err := os.MkdirAll(filepath.Join(root, each), 0o750); err != nil {
			return store{}, err
		}
	}
	return store{root: root, lock: &sync.Mutex{}}, nil
}

func (s store) volume(id string) string   { return filepath.Join(s.root, "volumes", id) }
func (s store) snapshot(id string) string { return filepath.Join(s.root, "snapshots", id) }

// makeVolume makes an empty one, or one with a snapshot's content; one that is there already stays as it is.
func (s store) makeVolume(id, fromSnapshot string) error {
	if !plainName.MatchString(id) {
		return errBadName
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if exists(s.volume(id)) {
		return nil
	}
	if fromSnapshot == "" {
		return whole(s.volume(id), func(half string) error {
			if err := os.Mkdir(half, 0o777); err != nil {
				return err
			}
			return os.Chmod(half, 0o777)
		})
	}
	source := filepath.Join(s.snapshot(fromSnapshot), "data")
	if !plainName.MatchString(fromSnapshot) || !exists(source) {
		return errNoSuch
	}
	return whole(s.volume(id), func(half string) error { return copyTree(source, half) })
}

// makeSnapshot copies a volume; a snapshot of it that is there already stays as it is.
func (s store) makeSnapshot(id, volume string) (about, error) {
	if !plainName.MatchString(id) || !plainName.MatchString(volume) {
		return about{}, errBadName
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if known, err := s.about(id); err == nil {
		if known.Volume != volume {
			return about{}, errOther
		}
		return known, nil
	}
	if !exists(s.volume(volume)) {
		return about{}, errNoSuch
	}
	made := about{Volume: volume, Created: time.Now().UTC()}
	err := whole(s.snapshot(id), func(half string) error {
		if err := os.Mkdir(half, 0o750); err != nil {
			return err
		}
		if err := copyTree(s.volume(volume), filepath.Join(half, "data")); err != nil {
			return err
		}
		made.Bytes = sizeOf(filepath.Join(half, "data"))
		text, err := json.Marshal(made)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(half, "about.json"), text, 0o640)
	})
	return made, err
}

func (s store) about(snapshot string) (about, error) {
	if !plainName.MatchString(snapshot) {
		return about{}, errBadName
	}
	var known about
	text, err := os.ReadFile(filepath.Join(s.snapshot(snapshot), "about.json"))
	if err != nil {
		return known, err
	}
	return known, json.Unmarshal(text, &known)
}

// remove takes away a volume's or a snapshot's folder; one that is gone already is no error.
func (s store) remove(path string) error {
	if !plainName.MatchString(filepath.Base(path)) {
		return errBadName
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	return os.RemoveAll(path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// whole gives a folder its name only when it is complete and on disk.
func whole(path string, make func(half string) error) error {
	half := filepath.Join(filepath.Dir(path), "."+filepath.Base(path))
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	if err := make(half); err != nil {
		return err
	}
	syscall.Sync()
	return os.Rename(half, path)
}

// copyTree copies folders, files and symbolic links with owner and mode; anything else is left out.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			err = os.Mkdir(target, info.Mode().Perm())
		case info.Mode()&fs.ModeSymlink != 0:
			var link string
			if link, err = os.Readlink(path); err == nil {
				err = os.Symlink(link, target)
			}
		case info.Mode().IsRegular():
			err = copyFile(path, target)
		default:
			return nil
		}
		if err != nil {
			return err
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); ok {
			if err := os.Lchown(target, int(owner.Uid), int(owner.Gid)); err != nil {
				return err
			}
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil
		}
		return os.Chmod(target, info.Mode())
	})
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, source); err != nil {
		target.Close()
		return err
	}
	return target.Close()
}

func sizeOf(root string) int64 {
	var total int64
	_ = filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
