// What happens between the button and the result.
export default async ({ page, url, axe, both, equal, match, ok }) => {
  const button = (name) => page.getByRole('button', { name, exact: true });
  const open = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const state = (text) => page.locator('.state', { hasText: text });
  const release = () => page.request.post(new URL('/test/release', url).href);
  const result = () => page.locator('.result').innerText();

  await page.setViewportSize({ width: 1400, height: 900 });
  await page.goto(url);
  await page.getByRole('main').getByText('Keep notes short.').waitFor();
  await both('welcome');
  await axe();

  // Progress and log lines come while the tool runs: it waits for this story between its steps.
  await open('walk');
  await button('Run').click();
  await state('0 of 3: step 1').waitFor();
  await release();
  await state('1 of 3: step 2').waitFor();
  equal(await page.getByRole('progressbar', { name: 'Progress' }).evaluate((bar) => bar.value / bar.max), 1 / 3, 'progress');
  const log = page.getByRole('list', { name: 'Log of the call' });
  await log.getByText('{"step":2}').waitFor(); // it is logged after the progress is told
  match(await log.innerText(), /info walking \{"step":1\}[^]*\{"step":2\}/, 'the log');
  await both('progress');
  await button('Cancel the call').click();
  await state('Cancelled.').waitFor();
  await button('Run').click();
  await state('0 of 3').waitFor();
  for (let i = 0; i < 3; i++) await release();
  await state('Done in').waitFor();
  match(await result(), /There\./, 'the result');

  // A question: what cannot be read is named, declining is an answer, and so is a form.
  await open('clear_notes');
  await button('Run').click();
  const question = page.getByRole('form', { name: 'Delete all notes?' });
  await question.waitFor();
  await both('question');
  await axe();
  await button('Decline').click();
  await state('Done in').waitFor();
  match(await result(), /the user declined/, 'the result');
  await button('Run').click();
  await question.getByLabel('sure required').check();
  await question.getByLabel('reason').fill('spring');
  await question.getByLabel('long').check();
  await button('Answer').click();
  await state('Done in').waitFor();
  match(await result(), /Deleted, because spring: long\./, 'the result');
  await open('title');
  await button('Run').click();
  await page.getByLabel(/The model's answer/).fill('Notes of spring');
  await button('Answer as the model').click();
  await state('Done in').waitFor();
  match(await result(), /Title: Notes of spring/, 'the result');

  // Pages are opened by the person, and only what is a page is a link.
  await open('visit');
  await button('Run').click();
  const link = page.getByRole('form', { name: 'Please look.' }).getByRole('link', { name: 'https://example.com/look' });
  equal(await link.getAttribute('rel'), 'noopener noreferrer', 'the link');
  await button('I agree').click();
  const odd = page.getByRole('form', { name: 'And here.' });
  await odd.waitFor();
  equal(await odd.getByRole('link').count(), 0, 'links');
  await button('I agree').click();
  await state('Done in').waitFor();
  match(await result(), /Thank you\./, 'the result');

  // Every kind of field, and a number with more digits than a JavaScript number has.
  await open('echo');
  await page.getByLabel('flag required').check();
  await page.getByLabel('maybe').selectOption('no');
  await page.getByLabel('big required').fill('nine');
  await button('Run').click();
  match(await page.getByRole('alert').filter({ hasText: 'no number' }).innerText(), /big: nine is no number/, 'what cannot be read');
  equal(await page.evaluate(() => document.activeElement.getAttribute('aria-invalid')), 'true', 'the field with the focus');
  await page.getByLabel('big required').fill('9007199254740993');
  equal(await page.getByRole('alert').filter({ hasText: 'no number' }).count(), 0, 'complaints about what is mended');
  await page.getByLabel('color').selectOption('green');
  await button('Add an item to tags').click();
  await page.getByLabel('tags 1 required').fill('x');
  await button('Add an item to tags').click();
  await page.getByRole('button', { name: 'Remove an item of tags' }).last().click();
  await page.getByLabel('b', { exact: true }).check();
  await page.getByLabel('name required').fill('Rome');
  await button('Add inside').click();
  await page.getByLabel('name required').last().fill('Forum');
  await page.getByLabel('extra').fill('{"height": 20}');
  await page.getByLabel('region').fill('Zürich');
  await both('fields');
  await axe();
  await button('Run').click();
  await state('Done in').waitFor();
  match((await result()).replace(/\s/g, ''), /\{"big":9007199254740993,"color":"green","extra":\{"height":20\},"flag":true,"kinds":\["b"\],"maybe":false,"place":\{"name":"Rome","inside":\{"name":"Forum"\}\},"region":"Zürich","tags":\["x"\]\}/, 'the echo');

  // The same as JSON, and an answer of the server that is worth seeing.
  await button('Write JSON').click();
  const json = page.getByLabel('Arguments as JSON');
  match(await json.inputValue(), /"region": "Zürich"/, 'the JSON');
  await json.fill('{"flag": true, "big": 1.5, "place": {}}');
  await button('Run').click();
  await state('Done in').waitFor();
  match(await result(), /\$\.big: [^]*\$\.place: missing required property "name"/, 'the violations');

  // Nothing that a server says becomes markup.
  await open('picture');
  await button('Run').click();
  await state('Done in').waitFor();
  ok(await page.locator('.result img').evaluate((img) => img.decode().then(() => img.naturalWidth === 1)), 'the picture is shown');
  match(await result(), /<img src=x onerror=alert\(1\)><script>alert\(2\)<\/script>/, 'the text');
  await button('Read about').click();
  await page.getByRole('main').getByText('# About').waitFor();

  // Each message is there.
  const sent = page.getByRole('complementary', { name: 'Messages' });
  await sent.getByText(/tools\/call picture/).first().click();
  match(await sent.innerText(), /"io\.modelcontextprotocol\/protocolVersion": "2026-07-28"/, 'the messages');
  await both('messages');
};
