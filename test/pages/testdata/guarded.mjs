// A server behind sign-in tells how to get in, and its texts stay texts.
export default async ({ page, url, both, axe, equal, ok }) => {
  await page.goto(url);
  equal(await page.getByRole('heading', { level: 1 }).textContent(), '<script>throw "title"</script>', 'heading');
  ok(await page.getByText('https://issuer.example').isVisible(), 'the issuer shows');
  ok(await page.getByText('<b>Ask Ann</b> for an account.').isVisible(), 'the hint shows');
  equal(await page.getByText('Tools').count(), 0, 'tools');
  equal(await page.locator('img').count(), 0, 'pictures');
  await axe();
  await both('guarded');
};
