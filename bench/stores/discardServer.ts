// A server that takes what HBase's gateway and OpenSearch are sent, and keeps nothing. Tells its parent its address.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const SCHEMA = JSON.stringify({ name: 'bench', ColumnSchema: [{ name: 'd' }] });
const PRODUCT = JSON.stringify({ version: { distribution: 'opensearch', number: '2.19.1' } });
const STORED = JSON.stringify({ errors: false, items: [] });

const server = http.createServer((request, response) => {
  request.resume().once('end', () => {
    const { url = '' } = request;
    response.setHeader('Content-Type', 'application/json');
    response.end(url.startsWith('/_bulk') ? STORED : url === '/' ? PRODUCT : url.endsWith('/schema') ? SCHEMA : '');
  });
});

server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('disconnect', () => process.exit());
