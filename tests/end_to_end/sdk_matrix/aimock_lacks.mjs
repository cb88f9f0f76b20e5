// What of the list aimock itself can't do, whoever asks it: an SDK's own users
// would not get it there either.
const ofCases = {
  'thinking': 'its usage does not count thoughts',
  'cached tokens': 'its usage does not count what a cache had',
};
const ofSdks = {
  'openai responses': {all: 'the usage of its responses lacks the details'},
  'ai, openai responses': {
    'a limit': 'its responses do not say why they are incomplete',
  },
};

// Why the case makes no sense there; undefined where it does.
export function lacks(kind, one) {
  const own = ofSdks[kind.name];
  return own?.all ?? own?.[one.name] ?? ofCases[one.name];
}
