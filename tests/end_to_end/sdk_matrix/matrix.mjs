// Runs every case with every SDK: at the simulated provider of the SDK's own
// dialect and, where there is a node, through it to the providers of all
// dialects, which must look the same.
//
// WEIR_SDK_MATRIX says where they are:
// {"providers": {"openai": {"url", "key"}, "anthropic": ..., "gemini": ...},
//  "node": {"url", "key"}, "lacks": "./MODULE.mjs"}
// The node serves MODEL-at-DIALECT for each SDK's model. The module says what
// the providers can't do where they are not simprovider.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {aiAnthropic, aiOpenAiChat, aiOpenAiResponses} from './ai_sdk.mjs';
import * as anthropic from './anthropic.mjs';
import {cases} from './cases.mjs';
import * as gemini from './gemini.mjs';
import * as openAiChat from './openai_chat.mjs';
import * as openAiResponses from './openai_responses.mjs';
import {prepare} from './upstream.mjs';

const {providers, node, lacks: module} =
    JSON.parse(process.env.WEIR_SDK_MATRIX);
const {lacks} = module ? await import(module) : {lacks: () => undefined};
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

  // How many tokens the request has.
  count(request) {
    return this.sdk.count({...request, model: this.model});
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

// The dialects of the providers that a node passes requests to.
const reached = node ? Object.keys(providers) : [];

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
      const title = `${kind.name}: ${one.name}, ${mode}`;
      test(title, {skip: lacks(kind, one)}, async (t) => {
        const expected = await saw(kind, one, mode, direct);
        for (const dialect of reached) {
          if (one.unlike?.(kind, dialect)) continue;
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
