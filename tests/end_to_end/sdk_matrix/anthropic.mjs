// Messages by Anthropic's own SDK.
import Anthropic from '@anthropic-ai/sdk';

const finishes = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'calls',
};

export const name = 'anthropic';
export const dialect = 'anthropic';
export const model = 'claude-sonnet-4-5';
export const features = ['stops', 'one call', 'thoughts', 'counts'];

function messageOf(turn) {
  if (turn.reply) return {role: 'assistant', content: turn.reply.turn};
  if (turn.results) {
    return {
      role: 'user',
      content: turn.results.map(({id, text}) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: text,
      })),
    };
  }
  if (!turn.image) return {role: 'user', content: turn.user};
  const source = {
    type: 'base64',
    media_type: turn.image.type,
    data: turn.image.data,
  };
  return {
    role: 'user',
    content: [{type: 'image', source}, {type: 'text', text: turn.user}],
  };
}

function toolChoice({choice, oneCall}) {
  if (!choice && !oneCall) return undefined;
  const type = choice?.name ? 'tool' : choice === 'required' ? 'any' : choice;
  return {
    type: type ?? 'auto',
    name: choice?.name,
    disable_parallel_tool_use: oneCall,
  };
}

function bodyOf(ask) {
  return {
    model: ask.model,
    max_tokens: ask.limit ?? 4096,
    system: ask.system,
    messages: ask.turns.map(messageOf),
    tools: ask.tools?.map(({name, description, parameters}) => ({
      name,
      description,
      input_schema: parameters,
    })),
    tool_choice: toolChoice(ask),
    stop_sequences: ask.stops,
    thinking: ask.think ? {type: 'enabled', budget_tokens: 2048} : undefined,
    output_config: ask.schema && {
      format: {type: 'json_schema', schema: ask.schema},
    },
  };
}

function replyOf(message, pieces) {
  const blocks = (type) =>
      message.content.filter((block) => block.type === type);
  const {usage} = message;
  return {
    text: blocks('text').map((block) => block.text).join(''),
    thought: blocks('thinking').map((block) => block.thinking).join(''),
    calls: blocks('tool_use').map(({id, name, input}) => ({
      id,
      name,
      args: input,
    })),
    finish: finishes[message.stop_reason] ?? message.stop_reason,
    usage: {
      input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) +
          (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens,
      cached: usage.cache_read_input_tokens ?? 0,
      thought: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
    pieces,
    turn: message.content,
  };
}

export class Sdk {
  constructor({url, key}) {
    this.client = new Anthropic({baseURL: url, apiKey: key, maxRetries: 0});
  }

  async whole(ask) {
    return replyOf(
        await this.client.messages.create(bodyOf(ask), {signal: ask.signal}));
  }

  async stream(ask, onPiece = () => {}) {
    const stream =
        this.client.messages.stream(bodyOf(ask), {signal: ask.signal});
    let pieces = 0;
    stream.on('text', () => {
      ++pieces;
      onPiece();
    });
    return replyOf(await stream.finalMessage(), pieces);
  }

  async count(ask) {
    const {max_tokens: _, ...counted} = bodyOf(ask);
    return (await this.client.messages.countTokens(counted)).input_tokens;
  }

  statusOf(error) {
    return error.status;
  }
}
