// Node-RED settings of `npm start`: the defaults, on the loopback only.
module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  flowFilePretty: true,
  // Dashboard 2.0 is among the packages for tests only, under a folder name of its own; one that a user installs is not
  // meant. Its nodes bear the names of those of the dashboard that flows/ uses.
  nodesExcludes: ['flowfuse-dashboard'],
  ui: { path: 'ui' },
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false } },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
