export default async ({ page, url, env, both, axe, ok, match, say }) => {
  await page.goto(url);
  await page.getByRole('button', { name: 'Go' }).click();
  match(await page.content(), /Hello/);
  ok(await page.getByRole('heading').isVisible(), 'the heading is there');
  await both('page');
  await axe();
  say('not the last');
  say({ title: await page.title(), greeting: env.greeting });
};
