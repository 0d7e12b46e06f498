// Makes a node's editor page and help out of its spec and catalogue.
import { readFileSync } from 'node:fs';
import { escape, form } from './form.mjs';

const DIALOG_CSS = readFileSync(new URL('../../nodes/editor/dialog.css', import.meta.url), 'utf8');

/** The .html beside a node's runtime file: registration and dialog. `declared` is the spec as an expression. */
export function editorHtml(spec, declared, packageName, commonScript, extras) {
  return `<script type="text/javascript">
window.PulseflowEditor = window.PulseflowEditor || (function () { ${commonScript}; PulseflowEditor.style(${JSON.stringify(DIALOG_CSS)}); return PulseflowEditor; })();
</script>
<script type="text/javascript">
(function () {
${extras}
const extras = typeof ${extrasName(spec.type)} === 'undefined' ? {} : ${extrasName(spec.type)};
const spec = ${declared};
const validate = (name) => function (value, opt) { return PulseflowEditor.validate('${packageName}', spec, name, value, this, opt); };
RED.nodes.registerType('${spec.type}', {
  category: '${spec.config ? 'config' : 'pulseflow'}',
  color: '${spec.color ?? '#DDDDDD'}',
  icon: 'pulseflow-${spec.type}.svg',
  defaults: {
    name: { value: '' },
${version(spec, packageName)}
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
PulseflowEditor.upgradeNodes(spec);
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

/** The version of the settings, and the names that earlier versions had, which the editor reads only if they are listed. */
function version(spec, packageName) {
  const migrations = spec.migrations ?? [];
  const current = `    version: { value: ${migrations.length + 1}, validate: function (value, opt) { return PulseflowEditor.checkVersion('${packageName}', spec, value, opt); } },`;
  const dropped = new Set(migrations.flatMap(({ drops = [] }) => drops));
  return [current, ...[...dropped].map((name) => `    ${name}: { value: undefined },`)].join('\n');
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
