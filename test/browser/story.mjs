// Runs one story: story.mjs ENDPOINT STORY URL SCREENSHOTS, with the story's env as JSON on standard input. What the story
// says goes to standard output, what is wrong to standard error, and the exit code is 1 then.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { pathToFileURL } from 'node:url';
import { text } from 'node:stream/consumers';

const require = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`);
const { chromium } = require('playwright-core');
const axeSource = require('axe-core').source;

const [endpoint, story, url, screenshots] = process.argv.slice(2);
const env = JSON.parse(await text(process.stdin));
const browser = await chromium.connect(endpoint);
const faults = [];
const contexts = [];
let errorsExpected = false;

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 800 }, locale: 'en-US', ...options });
  context.setDefaultTimeout(15_000);
  contexts.push(context);
  context.on('weberror', (e) => errorsExpected || faults.push(`the page throws: ${e.error().stack ?? e.error()}`));
  context.on('console', (m) => errorsExpected || (m.type() === 'error' && faults.push(`the console of ${m.location().url}: ${m.text()}`)));
  return context.newPage();
}

function fail(what, detail) {
  throw new Error(`${what}: ${detail}`);
}

const show = (v) => (typeof v === 'string' ? v : JSON.stringify(v));
const page = await open();

async function shot(name, of = page) {
  mkdirSync(screenshots, { recursive: true });
  await of.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true, animations: 'disabled' });
}

const kit = {
  page,
  context: page.context(),
  url,
  env,
  open,
  shot,
  async both(name, of = page) {
    for (const colorScheme of ['light', 'dark']) {
      await of.emulateMedia({ colorScheme });
      await shot(`${name}-${colorScheme}`, of);
    }
    await of.emulateMedia({ colorScheme: null });
  },
  // Injected by the driver, which the page's Content-Security-Policy does not bind.
  async axe(of = page) {
    for (const colorScheme of ['light', 'dark']) {
      await of.emulateMedia({ colorScheme });
      await of.evaluate(axeSource);
      const { violations } = await of.evaluate(() => globalThis.axe.run());
      for (const v of violations) {
        const line = `axe: ${v.impact}, ${v.id} (${colorScheme}): ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n      ${n.failureSummary}`).join('\n')}`;
        if (v.impact === 'serious' || v.impact === 'critical') faults.push(line);
        else console.error(line);
      }
    }
    await of.emulateMedia({ colorScheme: null });
  },
  equal: (got, want, what = 'value') => isDeepStrictEqual(got, want) || fail(what, `got ${show(got)}, want ${show(want)}`),
  match: (got, want, what = 'text') => want.test(got) || fail(what, `got ${show(got)}, want ${want}`),
  ok: (value, what) => value || fail(what, 'it is not so'),
  expectErrors: () => void (errorsExpected = true),
  say: (value) => console.log(JSON.stringify(value)),
};

try {
  const { default: run } = await import(pathToFileURL(story));
  await run(kit);
} catch (e) {
  faults.push(e.stack ?? String(e));
  await shot('failed').catch(() => {});
  faults.push(`the page is at ${page.url()}; see ${screenshots}/failed.png`);
}
for (const context of contexts) await context.close();
await browser.close();
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
