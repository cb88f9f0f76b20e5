// The Responses API by OpenAI's own SDK.
import OpenAI from 'openai';

import {likelyOf} from './openai_chat.mjs';

export const name = 'openai responses';
export const dialect = 'openai';
export const model = 'gpt-5';
export const features = [
  'one call',
  'thoughts',
  'seals',
  'log probabilities',
  'own tools',
  'own failures',
];

function inputOf(turns) {
  const input = [];
  for (const turn of turns) {
    if (turn.reply) {
      input.push(...turn.reply.turn);
    } else if (turn.results) {
      for (const {id, text, takesText} of turn.results) {
        const type =
            takesText ? 'custom_tool_call_output' : 'function_call_output';
        input.push({type, call_id: id, output: text});
      }
    } else if (turn.image) {
      const url = `data:${turn.image.type};base64,${turn.image.data}`;
      input.push({
        role: 'user',
        content: [
          {type: 'input_text', text: turn.user},
          {type: 'input_image', image_url: url, detail: 'auto'},
        ],
      });
    } else {
      input.push({role: 'user', content: turn.user});
    }
  }
  return input;
}

function toolOf({namespace, takesText, ...tool}) {
  if (takesText) return {type: 'custom', ...tool};
  if (!namespace) return {type: 'function', ...tool};
  return {
    type: 'namespace',
    name: namespace,
    description: 'Of the handbook.',
    tools: [{type: 'function', ...tool}],
  };
}

// Named with its namespace, as others would.
function callOf({type, call_id: id, namespace, name, input, ...call}) {
  const takesText = type === 'custom_tool_call';
  return {
    id,
    name: namespace ? `${namespace}.${name}` : name,
    args: takesText ? input : JSON.parse(call.arguments),
    takesText,
  };
}

function bodyOf(ask) {
  return {
    model: ask.model,
    instructions: ask.system,
    input: inputOf(ask.turns),
    store: false,
    include: [
      ...(ask.think ? ['reasoning.encrypted_content'] : []),
      ...(ask.alternatives ? ['message.output_text.logprobs'] : []),
    ],
    top_logprobs: ask.alternatives,
    tools: ask.tools?.map(toolOf),
    tool_choice: ask.choice?.name ? {type: 'function', name: ask.choice.name} :
                                    ask.choice,
    parallel_tool_calls: ask.oneCall ? false : undefined,
    max_output_tokens: ask.limit,
    reasoning: ask.think ? {effort: 'medium', summary: 'auto'} : undefined,
    text: ask.schema && {
      format: {
        type: 'json_schema',
        name: 'answer',
        schema: ask.schema,
        strict: true,
      },
    },
  };
}

function replyOf(response, pieces) {
  const calls = response.output.filter(
      ({type}) => ['function_call', 'custom_tool_call'].includes(type));
  const thoughts = response.output.filter((item) => item.type === 'reasoning')
                       .flatMap((item) => item.summary);
  return {
    text: response.output_text,
    likely: likelyOf(
        response.output.flatMap((item) => item.content ?? [])
            .flatMap((part) => part.logprobs ?? [])),
    thought: thoughts.map((part) => part.text).join(''),
    calls: calls.map(callOf),
    finish: calls.length > 0             ? 'calls' :
      response.status === 'incomplete' ? 'length' :
                                         'stop',
    usage: {
      input: response.usage.input_tokens,
      output: response.usage.output_tokens,
      // Not all that is compatible has the details.
      cached: response.usage.input_tokens_details?.cached_tokens ?? 0,
      thought: response.usage.output_tokens_details?.reasoning_tokens ?? 0,
    },
    pieces,
    turn: response.output,
  };
}

export class Sdk {
  constructor({url, key}) {
    this.client =
        new OpenAI({baseURL: `${url}/v1`, apiKey: key, maxRetries: 0});
  }

  async whole(ask) {
    return replyOf(await this.client.responses.create(
        bodyOf(ask), {signal: ask.signal}));
  }

  async stream(ask, onPiece = () => {}) {
    const stream =
        this.client.responses.stream(bodyOf(ask), {signal: ask.signal});
    let pieces = 0;
    for await (const event of stream) {
      if (event.type !== 'response.output_text.delta') continue;
      ++pieces;
      onPiece();
    }
    return replyOf(await stream.finalResponse(), pieces);
  }

  statusOf(error) {
    return error.status;
  }
}
