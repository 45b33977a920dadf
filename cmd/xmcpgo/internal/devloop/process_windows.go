package devloop

import (
	"os/exec"
	"syscall"
	"unsafe"
)

// isolate keeps Ctrl-C from the app, which is asked to end by Ctrl-Break instead.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// kernel32 finds what package syscall leaves out. Functions of it return 0 for a failure.
func kernel32(name string) *syscall.LazyProc { return syscall.NewLazyDLL("kernel32.dll").NewProc(name) }

func terminate(cmd *exec.Cmd) error {
	if ok, _, err := kernel32("GenerateConsoleCtrlEvent").Call(syscall.CTRL_BREAK_EVENT, uintptr(cmd.Process.Pid)); ok == 0 {
		return err
	}
	return nil
}

// killGroup ends the app. What it has started ends with the job object that adopt has made.
func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// jobLimits is JOBOBJECT_EXTENDED_LIMIT_INFORMATION.
type jobLimits struct {
	processTime, jobTime                     int64
	flags                                    uint32
	minWorkingSet, maxWorkingSet             uintptr
	activeProcesses                          uint32
	affinity                                 uintptr
	priority, scheduling                     uint32
	operations                               [6]uint64
	processMemory, jobMemory                 uintptr
	peakProcessMemoryUsed, peakJobMemoryUsed uintptr
}

const (
	extendedLimits   = 9      // JobObjectExtendedLimitInformation
	killOnJobClose   = 0x2000 // JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	jobProcessAccess = 0x0101 // PROCESS_SET_QUOTA and PROCESS_TERMINATE, which AssignProcessToJobObject needs
)

// adopt puts the app and what it will start into a job object, which ends with its handle: when release is called, or when this
// process ends, however that comes. Where the system refuses, the end of the app's input has to do.
func adopt(cmd *exec.Cmd) (release func()) {
	job, _, _ := kernel32("CreateJobObjectW").Call(0, 0)
	if job == 0 {
		return func() {}
	}
	release = func() { _ = syscall.CloseHandle(syscall.Handle(job)) }
	process, err := syscall.OpenProcess(jobProcessAccess, false, uint32(cmd.Process.Pid))
	if err != nil {
		return release
	}
	defer func() { _ = syscall.CloseHandle(process) }()
	limits := jobLimits{flags: killOnJobClose}
	ok, _, _ := kernel32("SetInformationJobObject").Call(job, extendedLimits, uintptr(unsafe.Pointer(&limits)), unsafe.Sizeof(limits))
	if ok != 0 {
		_, _, _ = kernel32("AssignProcessToJobObject").Call(job, uintptr(process))
	}
	return release
}
