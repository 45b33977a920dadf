//go:build !unix

package main

import "os/exec"

func newGroup(*exec.Cmd) {}

func (s *server) signal() error { return s.cmd.Process.Kill() }

func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }
