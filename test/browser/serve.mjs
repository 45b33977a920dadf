// Holds a Chromium and runs stories in it: serve.mjs CHROMIUM. Prints the URL at which it takes them, one a request: a POST of
// {story, url, env, screenshots} is answered by {said, faults, notes}. Ends with its standard input.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import { tell } from './story.mjs';

const { chromium } = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`)('playwright-core');

const browser = await chromium.launch({
  executablePath: process.argv[2],
  chromiumSandbox: false, // it cannot be had as root, and nothing but this repository's pages is opened
  // Other machines cannot be found: what a page leads to must not depend on whether, and how fast, it is reached.
  args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
    '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=en-US'],
});
const path = `/${randomUUID()}`; // not for others on this machine
const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== path) {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(await tell(browser, await json(request))));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}${path}`));
process.stdin
  .on('end', async () => {
    await browser.close();
    process.exit();
  })
  .resume();
