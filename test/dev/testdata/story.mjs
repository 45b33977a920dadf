// From signing in to a tool that is written meanwhile.
export default async ({ page, url, env, both, axe, equal, match, expectErrors }) => {
  expectErrors(); // a refusal is a failed request to the browser
  page.setDefaultTimeout(60_000); // builds take their time
  const button = (name) => page.getByRole('button', { name, exact: true });
  const navigation = page.getByRole('navigation');
  const open = (name) => navigation.getByRole('link', { name, exact: true }).click();
  const result = () => page.locator('.result').innerText();
  const state = (text) => page.locator('.state', { hasText: text });
  const save = (file) => page.request.post(`${env.editor}/${file}`);
  const run = async () => {
    await button('Run').click();
    await state('Done in').waitFor();
  };
  const signIn = async (person) => {
    await button('Sign in').click();
    await page.getByRole('radio', { name: person }).check();
    await button('Allow').click();
    await page.waitForURL(`${url}*`);
    await navigation.getByRole('link', { name: 'save_note' }).waitFor();
  };

  await page.goto(url);
  await signIn(/Alice.*Acme/s);
  await open('save_note');
  await page.getByLabel('text required').fill('Buy milk');
  await run();
  match(await result(), /"text": "Buy milk"/, 'what was saved');
  await open('list_my_notes');
  await run();
  match(await result(), /Buy milk/, 'the notes');

  // A broken file is reported while the app goes on; the mended one is there without a reload.
  await save('broken');
  await page.getByRole('alert').getByText(/tidy_notes\.go:\d+:\d+: undefined: nill/).waitFor();
  await run();
  match(await result(), /Buy milk/, 'the notes while the source is broken');
  await both('broken');
  await save('good');
  await open('tidy_notes');
  await page.getByRole('alert').filter({ hasText: 'nill' }).waitFor({ state: 'hidden' });

  // It asks, and tells of its progress.
  await button('Run').click();
  await page.getByRole('form', { name: 'Delete all your notes?' }).getByLabel('sure required').check();
  await both('asks');
  await axe();
  await button('Answer').click();
  await state('1 of 4: sorting').waitFor();
  await both('progress');
  await save('seen');
  await state('Done in').waitFor();
  match(await result(), /All tidy\./, 'the result');
  await open('list_my_notes');
  await run();
  equal(/Buy milk/.test(await result()), false, 'whether a note is left');

  // Of somebody else's notes nobody sees anything; who may only read hits the wall.
  await open('save_note');
  await page.getByLabel('text required').fill('For Alice alone');
  await run();
  await button('Sign out').click();
  await signIn(/Bob.*Acme/s);
  await open('list_my_notes');
  await run();
  equal(/Alice alone/.test(await result()), false, 'whether Bob sees the note');
  await open('save_note');
  await page.getByLabel('text required').fill('Mine');
  await run();
  match(await result(), /Missing notes:write permission\./, 'the wall');
};
