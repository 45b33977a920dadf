// Alice saves a note and sees it; Bob, of the same organization, sees none and may not save.
export default async ({ page, url, env, axe, both, equal, match, expectErrors }) => {
  expectErrors(); // a refusal is a failed request to the browser
  const button = (name) => page.getByRole('button', { name, exact: true });
  const open = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const signIn = async (person) => {
    await button('Sign in').click();
    await page.waitForURL(`${env.standIn}/**`);
    await page.getByRole('radio', { name: person }).check();
    await button('Allow').click();
    await page.waitForURL(url);
    await page.getByRole('navigation').getByRole('link', { name: 'save_note' }).waitFor();
  };
  const run = async () => {
    await button('Run').click();
    await page.getByRole('status').filter({ hasText: /^(Done in|Failed)/ }).waitFor();
  };

  await page.goto(url);
  await page.getByRole('heading', { name: 'This server asks who you are' }).waitFor();
  equal(/undefined|NaN|\[object/.test(await page.locator('body').innerText()), false, 'whether something is shown that is nothing');
  await both('asks');
  await axe();

  // Metadata of another server would have a token made for that one.
  const metadata = '**/.well-known/oauth-protected-resource**';
  await page.route(metadata, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), resource: 'https://elsewhere.example.com/mcp' } });
  });
  await button('Sign in').click();
  match(await page.getByRole('alert').filter({ hasText: 'did not work' }).innerText(), /https:\/\/elsewhere\.example\.com\/mcp/, 'the page for metadata of another server');
  await page.unroute(metadata);

  await signIn(/Alice.*Acme/s);
  match(await page.getByRole('banner').innerText(), /Signed in as usr_alice, org_acme/, 'the header');
  equal(new URL(page.url()).search, '', 'what is left of the answer in the address');

  await open('save_note');
  await page.getByLabel('text required').fill('Buy milk');
  await run();
  match(await page.locator('.result').innerText(), /Saved\./, 'the result');
  await open('list_notes');
  await run();
  match(await page.locator('.result').innerText(), /Buy milk/, 'the notes');

  // A reload needs nobody. A scope that is missing is asked for, and then there.
  await page.reload();
  await page.getByRole('navigation').getByRole('link', { name: 'export' }).waitFor();
  await open('export');
  await run();
  match(await page.locator('.result').innerText(), /A scope is missing/, 'the refusal');
  await button('Ask for it').click();
  await page.waitForURL(`${env.standIn}/**`);
  await page.getByRole('radio', { name: /Alice.*Acme/s }).check();
  await button('Allow').click();
  await page.waitForURL(`${url}#tools/export`);
  await page.getByRole('heading', { name: 'export' }).waitFor();
  await run();
  match(await page.locator('.result').innerText(), /Exported\./, 'the result with the scope');

  await button('Sign out').click();
  await signIn(/Bob.*Acme/s);
  match(await page.getByRole('banner').innerText(), /Signed in as usr_bob/, 'the header');
  await open('list_notes');
  await run();
  equal(/Buy milk/.test(await page.locator('.result').innerText()), false, 'whether Bob sees the note of Alice');
  await open('save_note');
  await page.getByLabel('text required').fill('Mine');
  await run();
  match(await page.locator('.result.failed').innerText(), /Missing notes:write permission\./, 'the wall');
  await both('wall');
  await axe();

  // Who denies is back where they were.
  await button('Sign out').click();
  await button('Sign in').click();
  await page.waitForURL(`${env.standIn}/**`);
  await button('Deny').click();
  await page.waitForURL(url);
  match(await page.getByRole('alert').filter({ hasText: 'did not work' }).innerText(), /sign-in did not work/i, 'the page after a denial');

  // No token is in what the page shows.
  equal(/eyJ/.test(await page.content()), false, 'whether a token is shown');
};
