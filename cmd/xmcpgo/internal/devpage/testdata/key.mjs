// A server with keys names no authorization server; a wrong key leads back to the question.
export default async ({ page, url, env, both, axe, equal, match, expectErrors }) => {
  expectErrors(); // a refusal is a failed request to the browser
  const button = (name) => page.getByRole('button', { name, exact: true });
  const use = async (key) => {
    await page.getByText('With a key or a token that you have').click();
    await page.getByLabel('Key or token').fill(key);
    await Promise.all([page.waitForEvent('load'), button('Use it').click()]); // it begins anew, with the key
  };
  await page.goto(url);
  await button('Sign in').click();
  match(await page.getByRole('alert').filter({ hasText: 'did not work' }).innerText(), /answers 404/, 'the page');
  await use('no-key-of-this-server');
  await page.getByRole('heading', { name: 'This server asks who you are' }).waitFor();
  equal(/Signed in/.test(await page.getByRole('banner').innerText()), false, 'whether a refused key counts as signed in');
  await page.getByText('With a key or a token that you have').click();
  await both('key');
  await axe();
  await page.getByText('With a key or a token that you have').click();
  await use(env.key);
  await page.getByRole('navigation').getByRole('link', { name: 'walk' }).waitFor();
  match(await page.getByRole('banner').innerText(), /Signed in as somebody/, 'the header');
  equal((await page.content()).includes(env.key), false, 'whether the key is shown');
};
