// Chat completions by OpenAI's own SDK.
import OpenAI from 'openai';

const finishes = {stop: 'stop', length: 'length', tool_calls: 'calls'};

export const name = 'openai chat';
export const dialect = 'openai';
export const model = 'gpt-5';
export const features =
    ['stops', 'one call', 'thoughts', 'log probabilities'];

function messagesOf({system, turns}) {
  const messages = system ? [{role: 'system', content: system}] : [];
  for (const turn of turns) {
    if (turn.reply) {
      messages.push(turn.reply.turn);
    } else if (turn.results) {
      for (const {id, text} of turn.results) {
        messages.push({role: 'tool', tool_call_id: id, content: text});
      }
    } else if (turn.image) {
      const url = `data:${turn.image.type};base64,${turn.image.data}`;
      messages.push({
        role: 'user',
        content: [
          {type: 'text', text: turn.user},
          {type: 'image_url', image_url: {url}},
        ],
      });
    } else {
      messages.push({role: 'user', content: turn.user});
    }
  }
  return messages;
}

function toolChoice(choice) {
  return choice?.name ? {type: 'function', function: {name: choice.name}} :
                        choice;
}

function bodyOf(ask) {
  return {
    model: ask.model,
    messages: messagesOf(ask),
    tools: ask.tools?.map((tool) => ({type: 'function', function: tool})),
    tool_choice: toolChoice(ask.choice),
    parallel_tool_calls: ask.oneCall ? false : undefined,
    max_completion_tokens: ask.limit,
    stop: ask.stops,
    logprobs: ask.alternatives && true,
    top_logprobs: ask.alternatives,
    reasoning_effort: ask.think ? 'medium' : undefined,
    response_format: ask.schema && {
      type: 'json_schema',
      json_schema: {name: 'answer', schema: ask.schema, strict: true},
    },
  };
}

// Tokens and what else was likely, as every API's are compared. The two OpenAI
// APIs have them alike.
export function likelyOf(logprobs) {
  return logprobs?.map(({token, logprob, top_logprobs}) => ({
    token,
    logprob,
    others: top_logprobs.map((other) => [other.token, other.logprob]),
  }));
}

function replyOf(message, finish, usage, logprobs, pieces) {
  return {
    text: message.content ?? '',
    likely: likelyOf(logprobs),
    thought: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      args: JSON.parse(call.function.arguments),
    })),
    finish: finishes[finish] ?? finish,
    usage: {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      thought: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
    pieces,
    turn: message,
  };
}

export class Sdk {
  constructor({url, key}) {
    this.client =
        new OpenAI({baseURL: `${url}/v1`, apiKey: key, maxRetries: 0});
  }

  async whole(ask) {
    const answer =
        await this.client.chat.completions.create(bodyOf(ask), options(ask));
    const [choice] = answer.choices;
    return replyOf(
        choice.message, choice.finish_reason, answer.usage,
        choice.logprobs?.content);
  }

  async stream(ask, onPiece = () => {}) {
    const stream = await this.client.chat.completions.create(
        {...bodyOf(ask), stream: true, stream_options: {include_usage: true}},
        options(ask));
    const message = {role: 'assistant', content: null};
    let finish;
    let usage;
    const logprobs = [];
    let pieces = 0;
    for await (const chunk of stream) {
      usage = chunk.usage ?? usage;
      const [choice] = chunk.choices;
      logprobs.push(...choice?.logprobs?.content ?? []);
      finish = choice?.finish_reason ?? finish;
      for (const field of ['content', 'reasoning_content']) {
        const piece = choice?.delta?.[field];
        if (!piece) continue;
        message[field] = (message[field] ?? '') + piece;
        ++pieces;
        onPiece();
      }
      for (const call of choice?.delta?.tool_calls ?? []) {
        message.tool_calls ??= [];
        const known = message.tool_calls[call.index];
        if (known) {
          known.function.arguments += call.function.arguments;
        } else {
          const {index, ...first} = call;
          message.tool_calls[index] = first;
        }
      }
    }
    return replyOf(message, finish, usage, logprobs, pieces);
  }

  statusOf(error) {
    return error.status;
  }
}

function options(ask) {
  return {signal: ask.signal};
}
