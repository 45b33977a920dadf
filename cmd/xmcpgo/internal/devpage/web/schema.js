// What a form needs to know of a JSON Schema.

// resolve follows a reference inside a document, and lays what stands beside it on top.
export function resolve(schema, root) {
  for (let depth = 0; schema?.$ref !== undefined && depth < 20; depth++) {
    const { $ref, ...beside } = schema;
    const target = $ref
      .replace(/^#\/?/, '')
      .split('/')
      .filter(Boolean)
      .reduce((node, step) => node?.[decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~')], root);
    schema = { ...target, ...beside };
  }
  return schema ?? {};
}

// kind is which field a schema gets: text, number, boolean, choice, choices, object, list, or json for all the rest.
export function kind(schema) {
  const type = Array.isArray(schema.type) ? schema.type.filter((t) => t !== 'null')[0] : schema.type;
  if (schema.enum || choices(schema)) return 'choice';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'object' && schema.properties && Object.keys(schema.properties).length > 0) return 'object';
  if (type === 'array' && schema.items && typeof schema.items === 'object') {
    const items = schema.items;
    return items.enum || choices(items) ? 'choices' : 'list';
  }
  return 'json';
}

// choices are the values of an enumeration with their titles, or undefined.
export function choices(schema) {
  const titled = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(titled) && titled.length > 0 && titled.every((c) => c && 'const' in c)) {
    return titled.map((c) => ({ value: c.const, title: c.title ?? String(c.const) }));
  }
  return schema.enum?.map((value, i) => ({ value, title: schema.enumNames?.[i] ?? (typeof value === 'string' ? value : JSON.stringify(value)) }));
}

// rules says in words what a value must be.
export function rules(schema) {
  const said = [];
  const between = (low, high, unit) => {
    if (low !== undefined && high !== undefined) said.push(`${low} to ${high}${unit}`);
    else if (low !== undefined) said.push(`at least ${low}${unit}`);
    else if (high !== undefined) said.push(`at most ${high}${unit}`);
  };
  if (schema.type === 'integer') said.push('whole number');
  between(schema.minimum, schema.maximum, '');
  if (schema.exclusiveMinimum !== undefined) said.push(`more than ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined) said.push(`less than ${schema.exclusiveMaximum}`);
  if (schema.multipleOf !== undefined) said.push(`multiple of ${schema.multipleOf}`);
  between(schema.minLength, schema.maxLength, ' characters');
  between(schema.minItems, schema.maxItems, ' items');
  if (schema.uniqueItems) said.push('no item twice');
  if (schema.format) said.push(schema.format);
  if (schema.pattern) said.push(`fits ${schema.pattern}`);
  if (schema.default !== undefined) said.push(`${JSON.stringify(schema.default)} when left out`);
  return said.join(', ');
}
