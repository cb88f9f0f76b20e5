// What of the list aimock itself can't do, whoever asks it: an SDK's own users
// would not get it there either. (Details of a usage, which its fixtures take,
// go out in its imitation of OpenRouter alone.)
const ofCases = {
  'tokens of thoughts': 'its usage does not count thoughts',
  'cached tokens': 'its usage does not count what a cache had',
  'log probabilities': 'it says `"logprobs":null` whatever is asked',
  'a count of tokens': 'it has no such endpoint',
  'tools that take a text, and its result': 'its calls are of functions alone',
  'tools of a namespace': 'its calls say no namespace',
  'a response that fails in mid-stream': 'its streams break off without a word',
};
const ofSdks = {
  'ai, openai responses': {
    'a limit': 'its responses do not say why they are incomplete',
  },
};

// Why the case makes no sense there; undefined where it does.
export function lacks(kind, one) {
  return ofSdks[kind.name]?.[one.name] ?? ofCases[one.name];
}
