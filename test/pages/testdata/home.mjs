// What a person does on the home page of a server without sign-in.
export default async ({ page, context, url, both, shot, axe, open, equal, match, ok }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  await page.goto(url);
  match(await page.title(), /MCP server/, 'title');
  await both('home');
  await axe();

  const endpoint = new URL('mcp', url).href;
  await page.getByRole('button', { name: 'Copy the URL' }).click();
  equal(await page.getByRole('status').textContent(), 'Copied', 'status');
  equal(await page.evaluate(() => navigator.clipboard.readText()), endpoint, 'clipboard');

  // By keyboard: the first stop leads to the content, and an item opens by Enter.
  await page.reload();
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content', 'first stop');
  await page.getByRole('heading', { name: 'Claude Code' }).locator('..').focus();
  await page.keyboard.press('Enter');
  ok(await page.getByText('claude mcp add --transport http').isVisible(), 'the command shows');

  const tool = page.locator('details', { has: page.getByRole('heading', { name: 'count_words', exact: true }) });
  await tool.locator('> summary').click();
  ok(await tool.getByRole('row', { name: 'text string, required Text to measure.' }).isVisible(), 'the argument shows');

  await page.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
  await axe();
  await both('home-open');

  const small = await open({ viewport: { width: 320, height: 640 } });
  await small.goto(url);
  await small.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
  ok(await small.evaluate(() => document.documentElement.scrollWidth <= 320), 'nothing sticks out of a small screen');
  await shot('home-small', small);

  const plain = await open({ javaScriptEnabled: false });
  await plain.goto(url);
  equal(await plain.getByRole('button').count(), 0, 'buttons without scripts');
  ok(await plain.getByText(endpoint, { exact: true }).first().isVisible(), 'the URL shows without scripts');
};
