// Elements. Text is always text: nothing a server says becomes markup.

// el makes an element. Properties that begin with "on" are listeners; those that are false or undefined are left out.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.includes('-') && name !== 'list') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return node;
}

let count = 0;

// id makes an id that no other element has.
export const id = (what) => `${what}-${++count}`;

export const code = (text) => el('code', {}, text);

// json shows a value as people read JSON.
export const json = (value) => el('pre', { tabIndex: 0 }, JSON.stringify(value, null, 2));
