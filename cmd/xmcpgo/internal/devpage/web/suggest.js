import { el, id } from './dom.js';

// suggest offers what the server completes while a person types. others() are the arguments that are filled in.
export function suggest(input, server, ref, name, others) {
  const list = el('datalist', { id: id('suggestions') });
  input.setAttribute('list', list.id);
  let last = 0;
  const fill = async () => {
    const mine = ++last;
    await new Promise((done) => setTimeout(done, 150));
    if (mine !== last) return;
    try {
      const { completion } = await server.request('completion/complete', { ref, argument: { name, value: input.value }, context: { arguments: others() } });
      if (mine === last) list.replaceChildren(...completion.values.map((value) => el('option', { value })));
    } catch {
      list.replaceChildren(); // a form works without
    }
  };
  input.addEventListener('input', fill);
  input.addEventListener('focus', fill, { once: true });
  return list;
}
