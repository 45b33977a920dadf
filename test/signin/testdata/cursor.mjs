// Whether the browser may follow the answer is told by the request that it makes: no program of that scheme is installed here.
export default async ({ page, url, env, both, expectErrors, say }) => {
  expectErrors(); // there is nobody to be sent to
  await page.goto(url);
  await both(new URL(env.redirect).protocol.slice(0, -1));
  const answered = page.waitForResponse((r) => r.request().method() === 'POST' && r.status() === 303);
  const followed = page.waitForEvent('requestfailed', { timeout: 5_000 }).catch(() => undefined);
  await page.getByRole('button', { name: 'Allow' }).click();
  const to = (await answered).headers().location;
  await followed;
  say({ to });
};
