// What applications do with the OpenAI SDK, through a weir node.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import OpenAI from 'openai';

const {WEIR_BASE_URL: baseURL, WEIR_KEY: apiKey, WEIR_NARROW_KEY: narrowKey} =
    process.env;
const model = 'gpt-4.1';
const messages = [{role: 'user', content: 'Say hello.'}];

// Without retries, so that each error is the answer to one request.
const client = new OpenAI({baseURL, apiKey, maxRetries: 0});

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather at a place.',
    parameters: {
      type: 'object',
      properties: {place: {type: 'string'}},
      required: ['place'],
    },
  },
};

test('a chat completion', async () => {
  const answer = await client.chat.completions.create({model, messages});
  assert.equal(answer.object, 'chat.completion');
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.ok(answer.usage.total_tokens > 0);
});

test('an alias of a model', async () => {
  const answer =
      await client.chat.completions.create({model: 'gpt-4', messages});
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('how an answer was made stands in its headers', async () => {
  const {response, request_id: requestId} =
      await client.chat.completions.create({model, messages}).withResponse();
  assert.ok(requestId);
  assert.match(response.headers.get('x-weir-provider'), /^p[123]$/);
  assert.equal(response.headers.get('x-weir-model'), model);
  assert.equal(response.headers.get('x-weir-attempts'), '1');
});

test('a streamed chat completion with usage', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: {include_usage: true},
  });
  let content = '';
  let usage;
  let finish;
  for await (const chunk of stream) {
    content += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.ok(content.length > 0);
  assert.equal(finish, 'stop');
  assert.ok(usage.completion_tokens > 0);
});

test('a stream that the application leaves', async () => {
  const stream =
      await client.chat.completions.create({model, messages, stream: true});
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    stream.controller.abort();
    break;
  }
});

test('a tool call', async () => {
  const answer = await client.chat.completions.create(
      {model, messages, tools: [weather]});
  const [call] = answer.choices[0].message.tool_calls;
  assert.equal(answer.choices[0].finish_reason, 'tool_calls');
  assert.equal(call.function.name, 'get_weather');
  assert.equal(typeof JSON.parse(call.function.arguments).place, 'string');
});

test('a tool call in a stream, put together by the SDK', async () => {
  const stream =
      client.chat.completions.stream({model, messages, tools: [weather]});
  const answer = await stream.finalChatCompletion();
  const [call] = answer.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'get_weather');
  assert.equal(typeof JSON.parse(call.function.arguments).place, 'string');
});

test('a response, whole and streamed', async () => {
  const answer = await client.responses.create({model, input: 'Say hello.'});
  assert.ok(answer.output_text.length > 0);

  const stream = await client.responses.create(
      {model, input: 'Say hello.', stream: true});
  const types = [];
  for await (const event of stream) types.push(event.type);
  assert.equal(types.at(-1), 'response.completed');
});

test('embeddings', async () => {
  // The SDK asks for base64 and gives numbers.
  const answer = await client.embeddings.create(
      {model: 'text-embedding-3-small', input: ['a', 'b']});
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data[0].embedding.length > 0);
  assert.ok(answer.data[0].embedding.every(Number.isFinite));
});

test('models', async () => {
  const ids = [];
  for await (const one of client.models.list()) ids.push(one.id);
  assert.ok(ids.includes(model));
  assert.equal((await client.models.retrieve(model)).id, model);
});

// Each refusal becomes the SDK's own error class, with its code and request id.
const refusals = [
  {
    name: 'a wrong key',
    type: OpenAI.AuthenticationError,
    status: 401,
    options: {apiKey: 'sk-wrong'},
  },
  {
    name: 'a model that is not there',
    type: OpenAI.NotFoundError,
    status: 404,
    request: {model: 'gpt-9'},
  },
  {
    name: 'a model that the key may not use',
    type: OpenAI.PermissionDeniedError,
    status: 403,
    options: {apiKey: narrowKey},
  },
  {
    name: 'a request without a model',
    type: OpenAI.BadRequestError,
    status: 400,
    request: {model: undefined},
  },
];

for (const {name, type, status, options, request} of refusals) {
  test(name, async () => {
    const own = client.withOptions(options ?? {});
    for (const stream of [false, true]) {
      await assert.rejects(
          own.chat.completions.create({model, messages, stream, ...request}),
          (error) => {
            assert.ok(error instanceof type, `${error}`);
            assert.equal(error.status, status);
            assert.ok(error.code);
            assert.ok(error.requestID);
            return true;
          });
    }
  });
}
