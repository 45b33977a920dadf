// Holds a Chromium that stories connect to: prints where, and ends with its standard input.
import { createRequire } from 'node:module';

const { chromium } = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`)('playwright-core');

const server = await chromium.launchServer({
  executablePath: process.argv[2],
  host: '127.0.0.1',
  chromiumSandbox: false, // it cannot be had as root, and nothing but this repository's pages is opened
  args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=en-US'],
});
console.log(server.wsEndpoint());
process.stdin.on('end', () => server.close()).resume();
