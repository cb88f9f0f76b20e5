// @copilotkit/aimock, a simulator of others, as a provider of every dialect.
//
//   node aimock_upstream.mjs --key KEY --listen 127.0.0.1:0
//
// Before it stands a server that takes what upstream.mjs says to simulated
// providers (/__control, /__stats), remembers requests as they were sent, of
// which aimock's fixtures see a part, and notices clients that leave.
import http from 'node:http';
import {parseArgs} from 'node:util';

import {LLMock} from '@copilotkit/aimock';

import {answerOf} from './aimock_model.mjs';

const {values: flags} = parseArgs(
    {options: {key: {type: 'string'}, listen: {type: 'string'}}});

let setting = {};
let cancelled = 0;
// Cases ask one thing after the other.
let lastBody = {};

const respond = (request) => answerOf(request, lastBody, setting);
const mock = new LLMock({port: 0, auth: {apiKeys: [flags.key]}});
mock.addFixture({
  match: {predicate: () => Boolean(setting.stream_error)},
  response: respond,
  chunkSize: 8,
  truncateAfterChunks: 6,
  // What came before must not be lost with the connection.
  streamingProfile: {ttft: 0, tps: 100},
});
mock.addFixture({
  match: {predicate: () => Boolean(setting.tokens_per_second)},
  response: respond,
  chunkSize: 8,
  streamingProfile: {ttft: 0, tps: 50},
});
mock.addFixture({match: {}, response: respond, chunkSize: 8});
await mock.start();

async function textOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

function control(path, text, answer) {
  if (path === '/__control') {
    const {reset, ...more} = JSON.parse(text);
    setting = {...(reset ? {} : setting), ...more};
  } else if (path === '/__stats/reset') {
    cancelled = 0;
  }
  answer.end(JSON.stringify({requests: {cancelled}}));
}

function passOn(request, text, answer) {
  const {url, method, headers} = request;
  // aimock knows Gemini's newer path not yet.
  const path = url.replace(/^\/v1(?=\/models\/[^/]+:)/, '/v1beta');
  const onward = http.request(`${mock.url}${path}`, {method, headers});
  onward.on('response', (from) => {
    answer.writeHead(from.statusCode, from.headers);
    from.on('error', () => answer.destroy());
    from.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => {
    if (answer.writableFinished || onward.destroyed) return;
    ++cancelled;
    onward.destroy();
  });
  onward.end(text);
}

const front = http.createServer(async (request, answer) => {
  const text = await textOf(request);
  if (request.url.startsWith('/__')) return control(request.url, text, answer);
  if (text.length > 0) lastBody = JSON.parse(text);
  passOn(request, text, answer);
});
const [host, port] = flags.listen.split(':');
front.listen(Number(port), host, () => {
  console.log(`aimock listens on ${host}:${front.address().port}`);
});
