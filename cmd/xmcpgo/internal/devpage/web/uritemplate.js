// Resource templates (RFC 6570): their variables, and the URI that values make.
const operators = {
  '': ['', ',', false, ''], '+': ['', ',', false, ''], '#': ['#', ',', false, ''], '.': ['.', '.', false, ''],
  '/': ['/', '/', false, ''], ';': [';', ';', true, ''], '?': ['?', '&', true, '='], '&': ['&', '&', true, '='],
};
const expression = /\{([+#./;?&]?)([^}]*)\}/g;
const specs = (list) => list.split(',').map((v) => /^(.*?)(\*|:\d+)?$/.exec(v).slice(1));

export const variables = (template) => [...new Set([...template.matchAll(expression)].flatMap(([, , list]) => specs(list).map(([name]) => name)))];

export function expand(template, values) {
  return template.replace(expression, (_, operator, list) => {
    const [first, separator, named, empty] = operators[operator];
    const parts = specs(list)
      .filter(([name]) => values[name] !== undefined && values[name] !== '')
      .map(([name, modifier]) => {
        const cut = modifier?.startsWith(':') ? [...values[name]].slice(0, Number(modifier.slice(1))).join('') : values[name];
        const written = operator === '+' || operator === '#' ? encodeURI(cut) : encodeURIComponent(cut).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
        return named ? `${name}${written === '' ? empty : `=${written}`}` : written;
      });
    return parts.length === 0 ? '' : first + parts.join(separator);
  });
}
