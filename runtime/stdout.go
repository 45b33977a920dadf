package xmcp

import "os"

// takeStdout keeps standard output for the messages of the protocol (MCP 2026-07-28, basic/transports/stdio) and returns where they go.
// Whatever else writes there from now on, be it by a logger that was made before or in a program that was started, is read on
// standard error. Where the system can't do that, it is so for what uses os.Stdout. A client that leaves closes both: to write
// there is then an error, and does not end the process. giveBack undoes it.
func takeStdout() (channel *os.File, giveBack func()) {
	allowSIGPIPE := withoutSIGPIPE()
	out := os.Stdout
	os.Stdout = os.Stderr
	channel, err := divert(out, os.Stderr)
	if err != nil {
		return out, func() {
			os.Stdout = out
			allowSIGPIPE()
		}
	}
	return channel, func() {
		os.Stdout = out
		_ = replace(out, channel)
		_ = channel.Close()
		allowSIGPIPE()
	}
}

// divert lets what is written to a file go to another one, and returns a file that goes where the first one went.
func divert(out, to *os.File) (*os.File, error) {
	was, err := duplicate(out)
	if err != nil {
		return nil, err
	}
	if err := replace(out, to); err != nil {
		_ = was.Close()
		return nil, err
	}
	return was, nil
}
