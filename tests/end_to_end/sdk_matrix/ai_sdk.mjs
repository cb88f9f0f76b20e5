// Vercel's AI SDK, with its providers for OpenAI and Anthropic.
import {createAnthropic} from '@ai-sdk/anthropic';
import {createOpenAI} from '@ai-sdk/openai';
import {generateText, jsonSchema, Output, streamText, tool} from 'ai';

const finishes = {'tool-calls': 'calls'};

function messageOf(turn) {
  if (turn.reply) return turn.reply.turn;
  if (turn.results) {
    return [{
      role: 'tool',
      content: turn.results.map(({id, name, text}) => ({
        type: 'tool-result',
        toolCallId: id,
        toolName: name,
        output: {type: 'text', value: text},
      })),
    }];
  }
  if (!turn.image) return [{role: 'user', content: turn.user}];
  return [{
    role: 'user',
    content: [
      {type: 'text', text: turn.user},
      {type: 'file', data: turn.image.data, mediaType: turn.image.type},
    ],
  }];
}

function toolsOf(tools) {
  return tools &&
      Object.fromEntries(tools.map(({name, description, parameters}) => [
        name,
        tool({description, inputSchema: jsonSchema(parameters)}),
      ]));
}

async function replyOf(result, pieces) {
  const step = (await result.steps).at(-1);
  const {usage} = step;
  return {
    text: step.text,
    thought: step.reasoningText ?? '',
    calls: step.toolCalls.map(({toolCallId, toolName, input}) => ({
      id: toolCallId,
      name: toolName,
      args: input,
    })),
    finish: finishes[step.finishReason] ?? step.finishReason,
    usage: {
      input: usage.inputTokens,
      output: usage.outputTokens,
      cached: usage.inputTokenDetails.cacheReadTokens ?? 0,
      thought: usage.outputTokenDetails.reasoningTokens ?? 0,
    },
    pieces,
    turn: step.response.messages,
  };
}

class AiSdk {
  // `model`: of a name, at the server.
  constructor(model, providerOptions) {
    this.model = model;
    this.providerOptions = providerOptions;
  }

  callOf(ask) {
    return {
      model: this.model(ask.model),
      maxRetries: 0,
      instructions: ask.system,
      messages: ask.turns.flatMap(messageOf),
      tools: toolsOf(ask.tools),
      toolChoice: ask.choice?.name ?
          {type: 'tool', toolName: ask.choice.name} :
          ask.choice,
      maxOutputTokens: ask.limit,
      stopSequences: ask.stops,
      output: ask.schema && Output.object({schema: jsonSchema(ask.schema)}),
      providerOptions: this.providerOptions(ask),
      abortSignal: ask.signal,
    };
  }

  async whole(ask) {
    return replyOf(await generateText(this.callOf(ask)));
  }

  async stream(ask, onPiece = () => {}) {
    let failure;
    const result = streamText({
      ...this.callOf(ask),
      onError: ({error}) => {
        failure = error;
      },
    });
    let pieces = 0;
    for await (const piece of result.textStream) {
      if (!piece) continue;
      ++pieces;
      onPiece();
    }
    if (failure) throw failure;
    ask.signal?.throwIfAborted();
    return replyOf(result, pieces);
  }

  statusOf(error) {
    return error.statusCode;
  }
}

function openAiOptions(ask) {
  return {
    openai: {
      store: false,
      parallelToolCalls: ask.oneCall ? false : undefined,
      reasoningEffort: ask.think ? 'medium' : undefined,
      reasoningSummary: ask.think ? 'auto' : undefined,
    },
  };
}

export const aiOpenAiChat = {
  name: 'ai, openai chat',
  dialect: 'openai',
  model: 'gpt-5',
  // This provider knows no reasoning_content.
  features: ['one call'],
  Sdk: class extends AiSdk {
    constructor({url, key}) {
      const openai = createOpenAI({baseURL: `${url}/v1`, apiKey: key});
      super((model) => openai.chat(model), openAiOptions);
    }
  },
};

export const aiOpenAiResponses = {
  name: 'ai, openai responses',
  dialect: 'openai',
  model: 'gpt-5',
  features: ['one call', 'thoughts', 'seals'],
  Sdk: class extends AiSdk {
    constructor({url, key}) {
      const openai = createOpenAI({baseURL: `${url}/v1`, apiKey: key});
      super((model) => openai.responses(model), openAiOptions);
    }
  },
};

export const aiAnthropic = {
  name: 'ai, anthropic',
  dialect: 'anthropic',
  model: 'claude-sonnet-4-5',
  features: ['stops', 'one call', 'thoughts'],
  Sdk: class extends AiSdk {
    constructor({url, key}) {
      const anthropic = createAnthropic({baseURL: `${url}/v1`, apiKey: key});
      super((model) => anthropic(model), (ask) => ({
        anthropic: {
          disableParallelToolUse: ask.oneCall,
          thinking: ask.think ? {type: 'enabled', budgetTokens: 2048} :
                                undefined,
        },
      }));
    }
  },
};
