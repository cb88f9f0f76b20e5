// What the simulated providers' model would say, for aimock to put in the words
// of each API.

const words = [
  ' answers:', ' the', ' river', ' divides', ' at', ' the', ' weir', ' and',
  ' every', ' channel', ' gets', ' water.',
];
const usualTokens = 16;
const thoughtTokens = 6;

function speech(tokens) {
  const said = ['p1'];
  while (said.length < tokens) said.push(words[(said.length - 1) % words.length]);
  return said;
}

// A value that fits a schema.
function sample(schema) {
  if (schema?.enum) return schema.enum[0];
  switch (schema?.type?.toLowerCase?.()) {
    case 'object':
      return Object.fromEntries(
          Object.entries(schema.properties ?? {})
              .map(([name, member]) => [name, sample(member)]));
    case 'integer':
      return 1;
    default:
      return 'text';
  }
}

function toolsOf(body) {
  return (body.tools ?? [])
      .flatMap((tool) => tool.functionDeclarations ?? [tool.function ?? tool])
      .map(({name, parameters, parametersJsonSchema, input_schema}) => ({
        name,
        schema: parameters ?? parametersJsonSchema ?? input_schema,
      }));
}

// What a request asks for, in whichever of the APIs.
function wishesOf(body) {
  const config = body.generationConfig ?? {};
  const choice = body.tool_choice;
  const calling = body.toolConfig?.functionCallingConfig ?? {};
  return {
    tools: toolsOf(body),
    mayCall: (choice?.type ?? choice ?? calling.mode) !== 'none' &&
        calling.mode !== 'NONE',
    chosen: choice?.function?.name ?? choice?.name ??
        calling.allowedFunctionNames?.[0],
    oneCall: body.parallel_tool_calls === false ||
        choice?.disable_parallel_tool_use === true,
    limit: body.max_completion_tokens ?? body.max_tokens ??
        body.max_output_tokens ?? config.maxOutputTokens ?? Infinity,
    stops: [body.stop, body.stop_sequences, config.stopSequences].flat()
               .filter(Boolean),
    schema: body.response_format?.json_schema?.schema ??
        body.text?.format?.schema ??
        body.output_config?.format?.schema ?? config.responseJsonSchema ??
        config.responseSchema,
    thinks: (body.reasoning_effort ?? body.reasoning?.effort ?? 'none') !==
            'none' ||
        body.thinking?.type === 'enabled' ||
        config.thinkingConfig?.thinkingBudget > 0,
    image: JSON.stringify(body).includes('image/png'),
  };
}

// The results that a request brings back, behind the last call.
function resultsOf({messages}) {
  const results = [];
  for (const message of messages.slice().reverse()) {
    if (message.role !== 'tool') break;
    let text = message.content;
    try {
      text = JSON.parse(text).output ?? text;
    } catch {
      // Not Gemini's.
    }
    results.unshift(text);
  }
  return results;
}

function call({name, schema}) {
  return {name, arguments: JSON.stringify(sample(schema))};
}

// aimock's answer to `request`, which it read from `body`. `setting` is what a
// case wants of the provider.
export function answerOf(request, body, setting) {
  if (setting.status) {
    return {
      error: {message: 'as it was told', type: 'invalid_request_error'},
      status: setting.status.code,
    };
  }
  if (setting.models && !setting.models.includes(request.model)) {
    return {
      error: {message: 'no such model', type: 'not_found_error'},
      status: 404,
    };
  }
  const wishes = wishesOf(body);
  const results = resultsOf(request);
  const thought = wishes.thinks ? {reasoning: 'Let me think of the river.'} : {};
  const input = 85;
  if (wishes.tools.length > 0 && wishes.mayCall && results.length === 0) {
    const count = wishes.oneCall || wishes.chosen ? 1 : setting.tool_calls ?? 1;
    const tools = wishes.chosen ?
        wishes.tools.filter(({name}) => name === wishes.chosen) :
        wishes.tools;
    return {
      toolCalls: tools.slice(0, count).map(call),
      usage: {prompt_tokens: input, completion_tokens: 8},
      ...thought,
    };
  }
  const all = speech(setting.tokens ?? usualTokens);
  if (wishes.schema) {
    all.splice(0, all.length, JSON.stringify(sample(wishes.schema)));
  } else {
    const seen = wishes.image ? ['[saw image/png]'] : [];
    const heard = [...seen, ...results.map((text) => `[got ${text}]`)];
    if (heard.length > 0) all[0] = heard.join(' ');
  }
  const said = all.slice(0, wishes.limit);
  let content = said.join('');
  for (const stop of wishes.stops) {
    const at = content.indexOf(stop);
    if (at >= 0) content = content.slice(0, at);
  }
  return {
    content,
    finishReason: said.length < all.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: input,
      completion_tokens: said.length + (wishes.thinks ? thoughtTokens : 0),
    },
    ...thought,
  };
}
