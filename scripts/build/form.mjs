// Makes the rows of a node's dialog out of its spec. All words are keys of its catalogue.

/** The icon before a label says what kind of value is wanted (Font Awesome 4, as in Node-RED's own dialogs). */
const ICONS = {
  text: 'fa-pencil',
  path: 'fa-ellipsis-h',
  paths: 'fa-ellipsis-h',
  template: 'fa-code',
  duration: 'fa-clock-o',
  number: 'fa-hashtag',
  flag: 'fa-check-square-o',
  choice: 'fa-caret-square-o-down',
  choices: 'fa-check-square-o',
  map: 'fa-list',
  config: 'fa-cog',
  credential: 'fa-user',
};
const FORMAT_ICONS = {
  topic: 'fa-exchange',
  topics: 'fa-exchange',
  group: 'fa-users',
  table: 'fa-table',
  size: 'fa-hdd-o',
  timeZone: 'fa-globe',
  brokers: 'fa-server',
  url: 'fa-globe',
  addresses: 'fa-server',
  file: 'fa-file-o',
};

/** The template of a dialog: what matters most, the rest folded away, and where the settings can be tried. */
export function form(spec) {
  const prefix = spec.config ? 'node-config-input' : 'node-input';
  const rows = (group) =>
    Object.entries(spec.properties)
      .filter(([, property]) => property.group === group)
      .map(([name, property]) => row(spec.type, prefix, name, property));
  const more = rows('more');
  const folded =
    more.length === 0
      ? ''
      : `<details class="pulseflow-more"><summary><span data-i18n="common.more"></span> <span class="pulseflow-changed"></span></summary>\n${more.join('\n')}\n</details>\n`;
  return `<div class="pulseflow-form">
<div class="form-row"><label for="${prefix}-name">${icon('fa-tag')}<span data-i18n="common.name"></span></label><div class="pulseflow-field"><input type="text" id="${prefix}-name"></div></div>
${rows('essential').join('\n')}
${folded}${spec.tries === undefined ? '' : trial(spec.tries, `${prefix}-sample`)}${spec.keepsState ? RESET : ''}</div>`;
}

const RESET = `<div class="form-row pulseflow-reset"><span></span><div class="pulseflow-field"><button type="button" class="red-ui-button" data-i18n="common.reset.button"></button> <span role="status"></span></div></div>`;

function trial(tries, id) {
  const sample =
    tries === 'time'
      ? `<input type="text" id="${id}" data-sample spellcheck="false">`
      : `<textarea id="${id}" data-sample rows="${tries === 'record' ? 8 : 2}" spellcheck="false"></textarea>`;
  return `<details class="pulseflow-try"><summary data-i18n="common.trial.title"></summary>
<label for="${id}" data-i18n="common.trial.${tries}"></label>
${sample}
<div class="pulseflow-answer" role="status"></div>
</details>
`;
}

function icon(name) {
  return `<i class="fa ${name}" aria-hidden="true"></i>`;
}

function row(type, prefix, name, property) {
  const id = `${prefix}-${name}`;
  const key = `${type}.properties.${name}`;
  const hint = (tag) => `<${tag} class="pulseflow-hint" id="${id}-hint" data-i18n="${key}.description"></${tag}>`;
  // A flag's explanation stands beside its box; every other below its field.
  const body =
    property.kind === 'flag'
      ? `<div class="pulseflow-check"><input type="checkbox" id="${id}" aria-describedby="${id}-hint">${hint('span')}</div>`
      : `${field(id, key, property)}<div class="pulseflow-fault" id="${id}-fault" role="alert"></div>${hint('div')}`;
  // Rows of boxes and lists of rows have no single field: they are groups with a name.
  const isGroup = property.kind === 'choices' || property.kind === 'map';
  const target = isGroup ? `id="${id}-label"` : `id="${id}-label" for="${id}"`;
  const picture =
    property.secret === true ? 'fa-lock' : (FORMAT_ICONS[property.format] ?? ICONS[property.kind] ?? 'fa-pencil');
  return `<div class="form-row" data-pulseflow="${name}"><label ${target}>${icon(picture)}<span data-i18n="${key}.label"></span></label><div class="pulseflow-field">${body}</div></div>`;
}

function field(id, key, property) {
  const described = `aria-describedby="${id}-hint ${id}-fault"`;
  const required = property.required === true ? ' aria-required="true"' : '';
  switch (property.kind) {
    case 'choice':
      return `<select id="${id}" ${described}>${property.choices
        .map((each) => `<option value="${each}" data-i18n="${key}.choices.${each}"></option>`)
        .join('')}</select>`;
    case 'choices':
      return `<div class="pulseflow-choices" id="${id}-choices" role="group" aria-labelledby="${id}-label" ${described}>${property.choices
        .map(
          (each) =>
            `<label><input type="checkbox" value="${each}"><span data-i18n="${key}.choices.${each}"></span></label>`,
        )
        .join('')}</div>`;
    case 'map':
      return `<div role="group" aria-labelledby="${id}-label" ${described}><ol id="${id}-list"></ol></div>`;
    case 'config':
      // Node-RED puts a list and two buttons in its place, as wide as it is.
      return `<input type="text" id="${id}" style="width:100%">`;
    case 'credential':
      return `<input type="${property.secret ? 'password' : 'text'}" id="${id}" autocomplete="off" ${described}${required}>`;
    case 'number':
      return `<input type="number" step="any" class="pulseflow-short" id="${id}" ${described}${limit('min', property)}${limit('max', property)}>`;
    default:
      return `<input type="text" spellcheck="false" class="${lengthOf(property)}" id="${id}" placeholder="${escape(property.example ?? '')}" ${described}${required}>`;
  }
}

function lengthOf({ kind, format }) {
  if (kind === 'duration' || format === 'size') return 'pulseflow-short';
  return kind === 'template' || kind === 'path' || kind === 'paths' ? 'pulseflow-code' : '';
}

function limit(name, property) {
  return property[name] === undefined ? '' : ` ${name}="${property[name]}"`;
}

/** Text for an attribute or for HTML. */
export function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
