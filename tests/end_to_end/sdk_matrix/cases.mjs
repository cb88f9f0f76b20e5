// What applications do with a model, whatever the SDK. Each case talks to one
// provider, checks what it must see anywhere, and returns what it saw, so that
// two ways to the same answer can be compared.
import assert from 'node:assert/strict';

import {cancelledRequests} from './upstream.mjs';

const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: {city: {type: 'string', enum: ['San Francisco']}},
    required: ['city'],
    additionalProperties: false,
  },
};
const clock = {
  name: 'get_time',
  description: 'The time in a zone.',
  parameters: {
    type: 'object',
    properties: {zone: {type: 'string'}},
    required: ['zone'],
    additionalProperties: false,
  },
};
const tools = [weather, clock];
const patch = {
  name: 'apply_patch',
  description: 'Changes files.',
  takesText: true,
};
const search = {
  namespace: 'handbook',
  name: 'search',
  description: 'Finds pages.',
  parameters: clock.parameters,
};

// One transparent pixel.
const image = {
  type: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+A8AAQUB' +
      'AScY42YAAAAASUVORK5CYII=',
};

const question = {system: 'Be brief.', turns: [{user: 'Say hello.'}]};

// A reply without what differs from one request to the next: ids, the number of
// the provider, and how many tokens a prompt counts in its dialect.
function seen({text, thought, calls, finish, usage}) {
  assert.ok(usage.input > 0);
  return {
    text: text.replace(/^p\d/, 'p'),
    thought,
    calls: calls.map(({name, args}) => ({name, args})),
    finish,
    usage: {...usage, input: 'some'},
  };
}

function resultsFor(calls, texts) {
  return {
    results: calls.map(({id, name, takesText}, index) => ({
      id,
      name,
      takesText,
      text: texts[index],
    })),
  };
}

// Where the dialects differ so that a node can't hide it: `unlike` of the SDK
// and of the provider's dialect.
const gemini = ({dialect}, provider) =>
    dialect !== provider && provider === 'gemini';
// Thoughts that Anthropic has not signed can't go back to it, and its signatures
// need a place in the SDK's API.
const unsigned = ({dialect, features}, provider) =>
    (dialect === 'anthropic') !== (provider === 'anthropic') &&
    !features.includes('seals');

// `talk.ask(request)` is one request to the provider, whole or as a stream.
export const cases = [
  {
    name: 'chat',
    async run(talk) {
      const reply = await talk.ask(question);
      assert.match(reply.text, /answers: the river/);
      assert.equal(reply.finish, 'stop');
      assert.equal(reply.usage.output, 16);
      if (talk.mode === 'stream') assert.ok(reply.pieces > 1);
      return seen(reply);
    },
  },
  {
    name: 'two turns of words',
    async run(talk) {
      const reply = await talk.ask(question);
      const turns = [...question.turns, {reply}, {user: 'And again.'}];
      return seen(await talk.ask({...question, turns}));
    },
  },
  {
    name: 'a limit',
    async run(talk) {
      const reply = await talk.ask({...question, limit: 3});
      assert.match(reply.text, /answers: the$/);
      assert.equal(reply.finish, 'length');
      return seen(reply);
    },
  },
  {
    name: 'stop sequences',
    needs: 'stops',
    async run(talk) {
      const reply = await talk.ask({...question, stops: ['sea', ' river']});
      assert.match(reply.text, /answers: the$/);
      assert.equal(reply.finish, 'stop');
      return seen(reply);
    },
  },
  {
    name: 'a tool call',
    async run(talk) {
      const reply = await talk.ask({...question, tools});
      assert.equal(reply.finish, 'calls');
      assert.deepEqual(
          reply.calls.map(({name, args}) => ({name, args})),
          [{name: 'get_weather', args: {city: 'San Francisco'}}]);
      return seen(reply);
    },
  },
  {
    name: 'a call of the tool that is chosen',
    async run(talk) {
      const reply =
          await talk.ask({...question, tools, choice: {name: 'get_time'}});
      assert.equal(reply.calls[0].name, 'get_time');
      return seen(reply);
    },
  },
  {
    name: 'a call that must be made',
    async run(talk) {
      const reply = await talk.ask({...question, tools, choice: 'required'});
      assert.equal(reply.calls.length, 1);
      return seen(reply);
    },
  },
  {
    name: 'tools that may not be called',
    async run(talk) {
      const reply = await talk.ask({...question, tools, choice: 'none'});
      assert.deepEqual(reply.calls, []);
      assert.match(reply.text, /answers:/);
      return seen(reply);
    },
  },
  {
    name: 'parallel calls',
    control: {tool_calls: 2},
    async run(talk) {
      const reply = await talk.ask({...question, tools});
      assert.deepEqual(
          reply.calls.map(({name}) => name), ['get_weather', 'get_time']);
      return seen(reply);
    },
  },
  {
    name: 'parallel calls, interleaved',
    control: {tool_calls: 2, call_order: 'interleaved'},
    async run(talk) {
      const reply = await talk.ask({...question, tools});
      assert.deepEqual(
          reply.calls.map(({args}) => args),
          [{city: 'San Francisco'}, {zone: 'text'}]);
      return seen(reply);
    },
  },
  {
    name: 'one call at most',
    needs: 'one call',
    // Gemini can't be told.
    unlike: gemini,
    control: {tool_calls: 2},
    async run(talk) {
      const reply = await talk.ask({...question, tools, oneCall: true});
      assert.equal(reply.calls.length, 1);
      return seen(reply);
    },
  },
  {
    name: 'results of parallel calls',
    control: {tool_calls: 2},
    async run(talk) {
      const reply = await talk.ask({...question, tools});
      const results = resultsFor(reply.calls, ['21 C', 'noon']);
      const turns = [...question.turns, {reply}, results];
      const answer = await talk.ask({...question, turns, tools});
      assert.match(answer.text, /\[got 21 C\] \[got noon\] answers:/);
      return seen(answer);
    },
  },
  {
    name: 'tools that take a text, and its result',
    needs: 'own tools',
    async run(talk) {
      const asked = {...question, tools: [patch]};
      const reply = await talk.ask(asked);
      assert.deepEqual(
          reply.calls.map(({name, args}) => ({name, args})),
          [{name: 'apply_patch', args: 'text'}]);
      const turns =
          [...question.turns, {reply}, resultsFor(reply.calls, ['done'])];
      const answer = await talk.ask({...asked, turns});
      assert.match(answer.text, /\[got done\]/);
      return [seen(reply), seen(answer)];
    },
  },
  {
    name: 'tools of a namespace',
    needs: 'own tools',
    async run(talk) {
      const reply = await talk.ask({...question, tools: [search]});
      assert.deepEqual(
          reply.calls.map(({name, args}) => ({name, args})),
          [{name: 'handbook.search', args: {zone: 'text'}}]);
      return seen(reply);
    },
  },
  {
    name: 'an image',
    async run(talk) {
      const turns = [{user: 'What is this?', image}];
      const reply = await talk.ask({turns});
      assert.match(reply.text, /\[saw image\/png\]/);
      assert.ok(reply.usage.input >= 85);
      return seen(reply);
    },
  },
  {
    name: 'JSON by a schema',
    async run(talk) {
      const schema = {
        type: 'object',
        properties: {city: {type: 'string'}, count: {type: 'integer'}},
        required: ['city', 'count'],
        additionalProperties: false,
      };
      const reply = await talk.ask({...question, schema});
      assert.deepEqual(JSON.parse(reply.text), {city: 'text', count: 1});
      return seen(reply);
    },
  },
  {
    name: 'log probabilities',
    needs: 'log probabilities',
    // It has none, and a node says so.
    unlike: (_, provider) => provider === 'anthropic',
    async run(talk) {
      const reply = await talk.ask({...question, alternatives: 2});
      assert.equal(reply.likely.map(({token}) => token).join(''), reply.text);
      for (const {logprob, others} of reply.likely) {
        assert.ok(logprob < 0);
        assert.equal(others.length, 2);
      }
      return {...seen(reply), likely: reply.likely.slice(1)};
    },
  },
  {
    name: 'thinking',
    async run(talk) {
      const reply = await talk.ask({...question, think: true});
      if (talk.features.includes('thoughts')) {
        assert.equal(reply.thought, 'Let me think of the river.');
      }
      assert.match(reply.text, /answers:/);
      return seen(reply);
    },
  },
  {
    name: 'tokens of thoughts',
    async run(talk) {
      const reply = await talk.ask({...question, think: true});
      assert.equal(reply.usage.thought, 6);
      return seen(reply);
    },
  },
  {
    name: 'thinking before a call, and its result',
    unlike: unsigned,
    async run(talk) {
      const asked = {...question, tools, think: true};
      const reply = await talk.ask(asked);
      assert.equal(reply.finish, 'calls');
      const turns =
          [...question.turns, {reply}, resultsFor(reply.calls, ['21 C'])];
      const answer = await talk.ask({...asked, turns});
      assert.match(answer.text, /\[got 21 C\]/);
      return [seen(reply), seen(answer)];
    },
  },
  {
    name: 'cached tokens',
    control: {cached_tokens: 5},
    async run(talk) {
      const reply = await talk.ask(question);
      assert.equal(reply.usage.cached, 5);
      return seen(reply);
    },
  },
  {
    name: 'a count of tokens',
    needs: 'counts',
    modes: ['whole'],
    async run(talk) {
      const tokens = await talk.count(question);
      // Each counts in its own way, and a node estimates for who can't.
      assert.ok(tokens > 2 && tokens < 100, `${tokens} tokens`);
      return 'counted';
    },
  },
  {
    name: 'a wrong key',
    key: 'wrong',
    async run(talk) {
      const status = await talk.refusal(question);
      // Google calls it a bad request, a node does not.
      assert.ok([400, 401].includes(status), `status ${status}`);
      return 'refused';
    },
  },
  {
    name: 'a model that is not there',
    control: {models: ['another']},
    model: 'no-such-model',
    async run(talk) {
      const status = await talk.refusal(question);
      assert.equal(status, 404);
      return status;
    },
  },
  {
    name: 'a request that the provider refuses',
    control: {status: {code: 400}},
    async run(talk) {
      const status = await talk.refusal(question);
      assert.equal(status, 400);
      return status;
    },
  },
  {
    name: 'a provider that breaks down in mid-stream',
    modes: ['stream'],
    control: {tokens_per_second: 100, stream_error: {after_events: 6}},
    async run(talk) {
      // Google's SDK sees an error only where a read begins with it, and a busy
      // machine may read it behind the event before.
      for (let tries = talk.dialect === 'gemini' ? 5 : 1; tries > 0; --tries) {
        try {
          await talk.ask(question);
        } catch {
          return 'rejected';
        }
      }
      assert.fail('the stream ended as if it were whole');
    },
  },
  {
    name: 'a response that fails in mid-stream',
    needs: 'own failures',
    modes: ['stream'],
    control: {
      failure_form: 'response.failed',
      tokens_per_second: 100,
      stream_error: {after_events: 6},
    },
    async run(talk) {
      await assert.rejects(talk.ask(question));
      return 'rejected';
    },
  },
  {
    name: 'an application that leaves',
    modes: ['stream'],
    control: {tokens: 1000, tokens_per_second: 50},
    async run(talk) {
      const leaving = new AbortController();
      // SDKs differ in whether leaving is an error.
      await talk
          .ask({...question, signal: leaving.signal}, () => leaving.abort())
          .catch(() => {});
      assert.ok(leaving.signal.aborted);
      assert.equal(await cancelledRequests(talk.upstream), 1);
      return 'left';
    },
  },
];
