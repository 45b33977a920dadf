// What tools, prompts and resources give back, as people look at it.
import { code, el, json } from './dom.js';

// toolResult shows a result: its blocks, and the structured content where that says more. read(uri) opens a resource.
export function toolResult(result, read) {
  const blocks = (result.content ?? []).filter((c) => !(c.type === 'text' && sameAsStructured(c.text, result.structuredContent)));
  return el('div', { className: result.isError ? 'result failed' : 'result' },
    el('h3', {}, result.isError ? 'The tool reports an error' : 'Result'),
    result.structuredContent !== undefined && json(result.structuredContent),
    blocks.map((c) => block(c, read)),
    blocks.length === 0 && result.structuredContent === undefined && el('p', { className: 'hint' }, 'Nothing, which is what it returns.'));
}

function sameAsStructured(text, structured) {
  if (structured === undefined) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(structured);
  } catch {
    return false;
  }
}

// block shows one content block.
export function block(content, read) {
  switch (content.type) {
    case 'text':
      return el('pre', { tabIndex: 0 }, content.text);
    case 'image':
      return el('img', { src: `data:${media(content.mimeType, 'image')};base64,${content.data}`, alt: `image, ${content.mimeType}` });
    case 'audio':
      return el('audio', { controls: true, src: `data:${media(content.mimeType, 'audio')};base64,${content.data}` });
    case 'resource_link':
      return el('p', {}, el('button', { type: 'button', onclick: () => read(content.uri) }, `Read ${content.title ?? content.name}`), ' ', code(content.uri));
    case 'resource':
      return contents(content.resource);
    default:
      return json(content);
  }
}

// contents shows what a resource holds.
export function contents(resource) {
  const head = el('p', { className: 'hint' }, code(resource.uri), resource.mimeType && ` ${resource.mimeType}`);
  if (resource.text !== undefined) return el('div', {}, head, el('pre', { tabIndex: 0 }, pretty(resource)));
  if (resource.mimeType?.startsWith('image/')) return el('div', {}, head, block({ type: 'image', mimeType: resource.mimeType, data: resource.blob }));
  if (resource.mimeType?.startsWith('audio/')) return el('div', {}, head, block({ type: 'audio', mimeType: resource.mimeType, data: resource.blob }));
  return el('div', {}, head, el('p', {}, `${Math.floor((resource.blob?.length ?? 0) / 4) * 3} bytes`));
}

function pretty({ text, mimeType }) {
  if (!mimeType?.endsWith('json')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// media keeps a server from making anything but a picture or a sound of a block.
const media = (type, kind) => (new RegExp(`^${kind}/[\\w.+-]+$`).test(type) ? type : `${kind}/*`);

// messages shows those of a prompt.
export const messages = (result) =>
  el('div', { className: 'result' },
    el('h3', {}, 'Messages'),
    (result.messages ?? []).map((m) => el('div', { className: 'message' }, el('p', { className: 'role' }, m.role), block(m.content, () => {}))));
