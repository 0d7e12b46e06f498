// Makes a node's editor page and help out of its spec and catalogue.

/** The .html beside a node's runtime file: registration and dialog. */
export function editorHtml(spec, packageName, commonScript, extras) {
  return `<script type="text/javascript">
window.PulseflowEditor = window.PulseflowEditor || (function () { ${commonScript}; return PulseflowEditor; })();
</script>
<script type="text/javascript">
(function () {
${extras}
const extras = typeof ${extrasName(spec.type)} === 'undefined' ? {} : ${extrasName(spec.type)};
const spec = ${JSON.stringify(spec)};
const validate = (name) => function (value, opt) { return PulseflowEditor.validate('${packageName}', spec, name, value, this, opt); };
RED.nodes.registerType('${spec.type}', {
  category: '${spec.config ? 'config' : 'pulseflow'}',
  color: '${spec.color ?? '#DDDDDD'}',
  icon: 'pulseflow-${spec.type}.svg',
  defaults: {
    name: { value: '' },
${defaults(spec)}
  },
${credentials(spec)}${spec.config ? '' : wiring(spec)}
  label: function () { return this.name || PulseflowEditor.label(this, spec, this._('${spec.type}.label')); },
  labelStyle: function () { return this.name ? 'node_label_italic' : ''; },
  paletteLabel: function () { return this._('${spec.type}.label'); },
  oneditprepare: function () { PulseflowEditor.prepare(this, spec, extras); },
  oneditsave: function () { PulseflowEditor.save(this, spec, extras); },
});
})();
</script>
<script type="text/html" data-template-name="${spec.type}">
${form(spec)}
</script>
`;
}

function extrasName(type) {
  return `PulseflowExtras_${type.replaceAll('-', '_')}`;
}

function saved(spec) {
  return Object.entries(spec.properties).filter(([, property]) => property.kind !== 'credential');
}

function defaults(spec) {
  return saved(spec)
    .map(([name, property]) => {
      const type = property.kind === 'config' ? `, type: '${property.config}'` : '';
      const required = property.kind === 'config' && property.required ? ', required: true' : '';
      return `    ${name}: { value: ${JSON.stringify(property.default)}${type}${required}, validate: validate('${name}') },`;
    })
    .join('\n');
}

function credentials(spec) {
  const rows = Object.entries(spec.properties)
    .filter(([, property]) => property.kind === 'credential')
    .map(([name, property]) => `${name}: { type: '${property.secret ? 'password' : 'text'}' }`);
  return rows.length === 0 ? '' : `  credentials: { ${rows.join(', ')} },\n`;
}

function wiring(spec) {
  const outputs = spec.outputs ?? [];
  return `  inputs: ${spec.inputs ?? 0},
  outputs: ${outputs.length},
  outputLabels: function (index) { return this._('${spec.type}.outputs.' + ${JSON.stringify(outputs)}[index]); },
  align: '${outputs.length === 0 ? 'right' : 'left'}',
`;
}

function form(spec) {
  const prefix = spec.config ? 'node-config-input' : 'node-input';
  const all = Object.entries(spec.properties);
  const rows = (group) => all.filter(([, property]) => property.group === group).map(([name, property]) => row(spec.type, prefix, name, property));
  const more = rows('more');
  const folded =
    more.length === 0 ? '' : `<details class="pulseflow-more"><summary data-i18n="common.more"></summary>\n${more.join('\n')}\n</details>\n`;
  return `<div class="form-row"><label for="${prefix}-name" data-i18n="common.name"></label><input type="text" id="${prefix}-name"></div>
${rows('essential').join('\n')}
${folded}`;
}

function row(type, prefix, name, property) {
  const id = `${prefix}-${name}`;
  const key = `${type}.properties.${name}`;
  const label = `<label for="${id}" data-i18n="[append]${key}.label;[title]${key}.description"></label>`;
  return `<div class="form-row" data-pulseflow="${name}">${label}${field(id, key, property)}</div>`;
}

function field(id, key, property) {
  switch (property.kind) {
    case 'flag':
      return `<input type="checkbox" id="${id}" style="width:auto">`;
    case 'choice':
      return `<select id="${id}" style="width:70%">${property.choices
        .map((each) => `<option value="${each}" data-i18n="${key}.choices.${each}"></option>`)
        .join('')}</select>`;
    case 'choices':
      return `<span id="${id}-choices">${property.choices
        .map((each) => `<label style="width:auto;margin-right:12px"><input type="checkbox" value="${each}" style="width:auto;vertical-align:baseline"> <span data-i18n="${key}.choices.${each}"></span></label>`)
        .join('')}</span>`;
    case 'map':
      return `<ol id="${id}-list" style="width:70%;display:inline-block;min-height:80px"></ol>`;
    case 'credential':
      return `<input type="${property.secret ? 'password' : 'text'}" id="${id}" autocomplete="off">`;
    case 'number':
      return `<input type="number" id="${id}" style="width:120px"${property.min === undefined ? '' : ` min="${property.min}"`}${property.max === undefined ? '' : ` max="${property.max}"`}>`;
    default:
      return `<input type="text" id="${id}" placeholder="${escape(property.example ?? '')}">`;
  }
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** The help page of one language: the hand-written text with the generated table of properties. */
export function helpHtml(spec, help, catalogue, common) {
  const lines = Object.entries(spec.properties).map(([name, property]) => {
    const words = catalogue.properties[name];
    if (words === undefined) throw new Error(`${spec.type}: the catalogue has no words for the property ${name}`);
    const preset = shown(property.default);
    return `: ${words.label} (${property.kind}) : ${words.description}${preset === '' ? '' : ` ${common.default}: \`${preset}\`.`}`;
  });
  if (lines.length > 0 && !help.includes('<!-- properties -->')) throw new Error(`${spec.type}: the help has no place for its properties`);
  const table = lines.length === 0 ? '' : `### ${common.properties}\n${lines.join('\n')}`;
  return `<script type="text/markdown" data-help-name="${spec.type}">\n${help.replace('<!-- properties -->', () => table).trim()}\n</script>\n`;
}

function shown(value) {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') return Object.entries(value).map(([name, each]) => `${name}: ${each}`).join(', ');
  return String(value);
}
