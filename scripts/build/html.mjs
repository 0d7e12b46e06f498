// Makes a node's editor page and help out of its spec and catalogue.
import { readFileSync } from 'node:fs';

const DIALOG_CSS = readFileSync(new URL('../../nodes/editor/dialog.css', import.meta.url), 'utf8');

/** The .html beside a node's runtime file: registration and dialog. */
export function editorHtml(spec, packageName, commonScript, extras) {
  return `<script type="text/javascript">
window.PulseflowEditor = window.PulseflowEditor || (function () { ${commonScript}; PulseflowEditor.style(${JSON.stringify(DIALOG_CSS)}); return PulseflowEditor; })();
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
  oneditcancel: function () { PulseflowEditor.leave(spec); },
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
      return `    ${name}: { value: ${JSON.stringify(property.default)}${type}, validate: validate('${name}') },`;
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
  const rows = (group) =>
    all
      .filter(([, property]) => property.group === group)
      .map(([name, property]) => row(spec.type, prefix, name, property));
  const more = rows('more');
  const folded =
    more.length === 0
      ? ''
      : `<details class="pulseflow-more"><summary data-i18n="common.more"></summary>\n${more.join('\n')}\n</details>\n`;
  return `<div class="pulseflow-form">
<div class="form-row"><label for="${prefix}-name" data-i18n="common.name"></label><div class="pulseflow-field"><input type="text" id="${prefix}-name"></div></div>
${rows('essential').join('\n')}
${folded}${spec.keepsState ? RESET : ''}</div>`;
}

const RESET = `<div class="form-row pulseflow-reset"><label></label><div class="pulseflow-field"><button type="button" class="red-ui-button" data-i18n="common.reset.button"></button> <span role="status"></span></div></div>`;

function row(type, prefix, name, property) {
  const id = `${prefix}-${name}`;
  const key = `${type}.properties.${name}`;
  const hint = (tag) => `<${tag} class="pulseflow-hint" id="${id}-hint" data-i18n="${key}.description"></${tag}>`;
  // A flag's explanation stands beside its box; every other below its field.
  const body =
    property.kind === 'flag'
      ? `<label class="pulseflow-check"><input type="checkbox" id="${id}">${hint('span')}</label>`
      : `${field(id, key, property)}${hint('div')}`;
  return `<div class="form-row" data-pulseflow="${name}"><label for="${id}" data-i18n="${key}.label"></label><div class="pulseflow-field">${body}</div></div>`;
}

function field(id, key, property) {
  const described = `aria-describedby="${id}-hint"`;
  switch (property.kind) {
    case 'choice':
      return `<select id="${id}" ${described}>${property.choices
        .map((each) => `<option value="${each}" data-i18n="${key}.choices.${each}"></option>`)
        .join('')}</select>`;
    case 'choices':
      return `<div class="pulseflow-choices" id="${id}-choices" role="group" ${described}>${property.choices
        .map(
          (each) =>
            `<label><input type="checkbox" value="${each}"><span data-i18n="${key}.choices.${each}"></span></label>`,
        )
        .join('')}</div>`;
    case 'map':
      return `<ol id="${id}-list" ${described}></ol>`;
    case 'config':
      // Node-RED puts a list and two buttons in its place, as wide as it is.
      return `<input type="text" id="${id}" style="width:100%">`;
    case 'credential':
      return `<input type="${property.secret ? 'password' : 'text'}" id="${id}" autocomplete="off" ${described}>`;
    case 'number':
      return `<input type="number" step="any" class="pulseflow-short" id="${id}" ${described}${limit('min', property)}${limit('max', property)}>`;
    default:
      return `<input type="text"${property.kind === 'duration' ? ' class="pulseflow-short"' : ''} id="${id}" placeholder="${escape(property.example ?? '')}" ${described}>`;
  }
}

function limit(name, property) {
  return property[name] === undefined ? '' : ` ${name}="${property[name]}"`;
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
  if (lines.length > 0 && !help.includes('<!-- properties -->'))
    throw new Error(`${spec.type}: the help has no place for its properties`);
  const table = lines.length === 0 ? '' : `### ${common.properties}\n${lines.join('\n')}`;
  const text = help
    .replace('<!-- properties -->', () => table)
    .trim()
    .split('\n')
    .map(definition)
    .join('\n');
  return `<script type="text/markdown" data-help-name="${spec.type}">\n${text}\n</script>\n`;
}

/**
 * A line `: name (type) : meaning`. Node-RED's Markdown takes what follows the last colon for the meaning and drops the
 * rest, so further colons are written as entities; those need code in tags, as between backticks they stay as they are.
 */
function definition(line) {
  const parts = /^(: [^:(]+ \([^:)]*\) : )(.*)$/u.exec(line);
  if (parts === null) return line;
  const meaning = parts[2].replace(/`([^`]*)`/gu, (_, code) => `<code>${escape(code)}</code>`);
  return `${parts[1]}${meaning.replaceAll(':', '&#58;')}`;
}

function shown(value) {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${each}`)
      .join(', ');
  return String(value);
}
