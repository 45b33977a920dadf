// Runs a story and collects what it says and what is wrong.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { pathToFileURL } from 'node:url';

const axeSource = createRequire(`${process.env.XMCPGO_NODE_MODULES}/`)('axe-core').source;

export async function tell(browser, { story, url, env, screenshots }) {
  const report = { faults: [], notes: [] };
  const { faults } = report;
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

  async function shot(name, of) {
    mkdirSync(screenshots, { recursive: true });
    await of.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true, animations: 'disabled' });
  }

  try {
    const page = await open();
    const { default: run } = await import(pathToFileURL(story));
    await run({
      page,
      context: page.context(),
      url,
      env,
      open,
      shot: (name, of = page) => shot(name, of),
      both: (name, of = page) => eachScheme(of, (scheme) => shot(`${name}-${scheme}`, of)),
      axe: (of = page) => eachScheme(of, (scheme) => check(of, scheme, report)),
      equal: (got, want, what = 'value') => isDeepStrictEqual(got, want) || fail(what, `got ${show(got)}, want ${show(want)}`),
      match: (got, want, what = 'text') => want.test(got) || fail(what, `got ${show(got)}, want ${want}`),
      ok: (value, what) => value || fail(what, 'it is not so'),
      expectErrors: () => void (errorsExpected = true),
      say: (value) => void (report.said = value),
    });
  } catch (e) {
    faults.push(e.stack ?? String(e));
    for (const [n, page] of contexts.flatMap((c) => c.pages()).entries()) {
      const name = `failed-${n + 1}`;
      await shot(name, page).catch(() => {});
      faults.push(`page ${n + 1} is at ${page.url()}; see ${screenshots}/${name}.png`);
    }
  }
  for (const context of contexts) await context.close().catch(() => {});
  return report;
}

function fail(what, detail) {
  throw new Error(`${what}: ${detail}`);
}

const show = (v) => (typeof v === 'string' ? v : JSON.stringify(v));

async function eachScheme(page, run) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await run(colorScheme);
  }
  await page.emulateMedia({ colorScheme: null });
}

// Injected by the driver, which the page's Content-Security-Policy does not bind.
async function check(page, scheme, { faults, notes }) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const v of violations) {
    const where = v.nodes.map((n) => `    ${n.html}\n      ${n.failureSummary}`).join('\n');
    const line = `axe: ${v.impact}, ${v.id} (${scheme}): ${v.help}\n${where}`;
    (v.impact === 'serious' || v.impact === 'critical' ? faults : notes).push(line);
  }
}
