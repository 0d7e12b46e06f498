// Gives node-red-dev an empty catalogue in place of Node-RED's own, without which it would stop half-way.
const Module = require('node:module');

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== 'axios') return loaded;
  const get = (url, ...options) =>
    url.startsWith('https://catalogue.nodered.org/')
      ? Promise.resolve({ data: { modules: [] } })
      : loaded.get(url, ...options);
  return { ...loaded, get };
};
