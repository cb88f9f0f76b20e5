// generateContent by Google's own SDK.
import {GoogleGenAI} from '@google/genai';

const finishes = {STOP: 'stop', MAX_TOKENS: 'length'};

export const name = 'gemini';
export const dialect = 'gemini';
export const model = 'gemini-2.5-flash';
export const features = ['stops', 'thoughts', 'log probabilities', 'counts'];

function contentOf(turn) {
  if (turn.reply) return {role: 'model', parts: turn.reply.turn};
  if (turn.results) {
    return {
      role: 'user',
      parts: turn.results.map(({id, name, text}) => ({
        functionResponse: {id, name, response: {output: text}},
      })),
    };
  }
  const parts = [{text: turn.user}];
  if (turn.image) {
    parts.push(
        {inlineData: {mimeType: turn.image.type, data: turn.image.data}});
  }
  return {role: 'user', parts};
}

function toolConfig(choice) {
  if (!choice) return undefined;
  const functionCallingConfig = choice.name ?
      {mode: 'ANY', allowedFunctionNames: [choice.name]} :
      {mode: {required: 'ANY', none: 'NONE', auto: 'AUTO'}[choice]};
  return {functionCallingConfig};
}

function requestOf(ask) {
  return {
    model: ask.model,
    contents: ask.turns.map(contentOf),
    config: {
      systemInstruction: ask.system,
      tools: ask.tools && [{
        functionDeclarations:
            ask.tools.map(({name, description, parameters}) => ({
              name,
              description,
              parametersJsonSchema: parameters,
            })),
      }],
      toolConfig: toolConfig(ask.choice),
      maxOutputTokens: ask.limit,
      stopSequences: ask.stops,
      thinkingConfig: ask.think ?
          {includeThoughts: true, thinkingBudget: 2048} :
          undefined,
      responseLogprobs: ask.alternatives && true,
      logprobs: ask.alternatives,
      responseMimeType: ask.schema && 'application/json',
      responseJsonSchema: ask.schema,
      abortSignal: ask.signal,
    },
  };
}

function likelyOf(results) {
  return results.filter(Boolean).flatMap(
      ({chosenCandidates, topCandidates}) =>
          chosenCandidates.map(({token, logProbability}, step) => ({
            token,
            logprob: logProbability,
            others: topCandidates[step].candidates.map(
                (other) => [other.token, other.logProbability]),
          })));
}

function replyOf(parts, finish, usage, logprobs, pieces) {
  const said = (thought) =>
      parts.filter((part) => part.text && Boolean(part.thought) === thought)
          .map((part) => part.text)
          .join('');
  const calls = parts.filter((part) => part.functionCall)
                    .map(({functionCall: {id, name, args}}) => ({
                      id,
                      name,
                      args,
                    }));
  const thought = usage.thoughtsTokenCount ?? 0;
  return {
    text: said(false),
    likely: likelyOf(logprobs),
    thought: said(true),
    calls,
    finish: calls.length > 0 ? 'calls' : finishes[finish] ?? finish,
    usage: {
      input: usage.promptTokenCount,
      output: usage.candidatesTokenCount + thought,
      cached: usage.cachedContentTokenCount ?? 0,
      thought,
    },
    pieces,
    turn: parts,
  };
}

export class Sdk {
  constructor({url, key}) {
    this.client = new GoogleGenAI({apiKey: key, httpOptions: {baseUrl: url}});
  }

  async whole(ask) {
    const answer = await this.client.models.generateContent(requestOf(ask));
    const [candidate] = answer.candidates;
    return replyOf(
        candidate.content.parts, candidate.finishReason, answer.usageMetadata,
        [candidate.logprobsResult]);
  }

  async stream(ask, onPiece = () => {}) {
    const stream =
        await this.client.models.generateContentStream(requestOf(ask));
    const parts = [];
    let finish;
    let usage;
    const logprobs = [];
    let pieces = 0;
    for await (const chunk of stream) {
      const candidate = chunk.candidates?.[0];
      logprobs.push(candidate?.logprobsResult);
      finish = candidate?.finishReason ?? finish;
      usage = chunk.usageMetadata ?? usage;
      for (const part of candidate?.content?.parts ?? []) {
        parts.push(part);
        if (!part.text) continue;
        ++pieces;
        onPiece();
      }
    }
    return replyOf(parts, finish, usage, logprobs, pieces);
  }

  // The SDK passes on no more than the turns.
  async count({model, turns}) {
    const answer = await this.client.models.countTokens(
        {model, contents: turns.map(contentOf)});
    return answer.totalTokens;
  }

  statusOf(error) {
    return error.status;
  }
}
