// Runs every case with every SDK: at the simulated provider of the SDK's own
// dialect and, where there is a node, through it to the providers of all
// dialects, which must look the same.
//
// WEIR_SDK_MATRIX says where they are:
// {"providers": {"openai": {"url", "key"}, "anthropic": ..., "gemini": ...},
//  "node": {"url", "key"}}
// The node serves MODEL-at-DIALECT for each SDK's model. An SDK whose API is not
// translated says so, and is asked of its own dialect alone.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {aiAnthropic, aiOpenAiChat, aiOpenAiResponses} from './ai_sdk.mjs';
import * as anthropic from './anthropic.mjs';
import {cases} from './cases.mjs';
import * as gemini from './gemini.mjs';
import * as openAiChat from './openai_chat.mjs';
import * as openAiResponses from './openai_responses.mjs';
import {prepare} from './upstream.mjs';

const {providers, node} = JSON.parse(process.env.WEIR_SDK_MATRIX);
const sdks = [
  openAiChat,
  openAiResponses,
  anthropic,
  gemini,
  aiOpenAiChat,
  aiOpenAiResponses,
  aiAnthropic,
];

// What a case talks by. `server` is asked, `upstream` answers in the end.
class Talk {
  constructor(kind, one, mode, {server, upstream, model}) {
    this.sdk = new kind.Sdk({url: server.url, key: one.key ?? server.key});
    this.dialect = kind.dialect;
    this.features = kind.features;
    this.model = one.model ?? model;
    this.mode = mode;
    this.upstream = upstream;
  }

  ask(request, onPiece) {
    return this.sdk[this.mode]({...request, model: this.model}, onPiece);
  }

  // The status that the request is refused with.
  async refusal(request) {
    let refusal;
    await assert.rejects(this.ask(request), (error) => {
      refusal = error;
      return true;
    });
    return this.sdk.statusOf(refusal) ?? refusal;
  }
}

// The dialects of the providers that a node passes the SDK's requests to.
function reached(kind) {
  if (!node) return [];
  return kind.translated === false ? [kind.dialect] : Object.keys(providers);
}

async function saw(kind, one, mode, way) {
  await prepare(way.upstream, one.control);
  return one.run(new Talk(kind, one, mode, way));
}

for (const kind of sdks) {
  for (const one of cases) {
    for (const mode of one.modes ?? ['whole', 'stream']) {
      if (one.needs && !kind.features.includes(one.needs)) continue;
      const own = providers[kind.dialect];
      const direct = {server: own, upstream: own, model: kind.model};
      test(`${kind.name}: ${one.name}, ${mode}`, async (t) => {
        const expected = await saw(kind, one, mode, direct);
        for (const dialect of reached(kind)) {
          if (one.unlike?.(kind.dialect, dialect)) continue;
          await t.test(`through a node to ${dialect}`, async () => {
            const seen = await saw(kind, one, mode, {
              server: node,
              upstream: providers[dialect],
              model: `${kind.model}-at-${dialect}`,
            });
            assert.deepEqual(seen, expected);
          });
        }
      });
    }
  }
}
