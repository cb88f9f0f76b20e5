"""What is measured: a class for each group of goals.

Each is made with the run's setting, and its `round(index)` gives what it has
measured this time, {target: {metric: value}}. NAME is what --rows calls it;
NEEDS the target without which there is nothing to measure, where there is one.
"""

from measures.catalog import Catalog
from measures.counts import Counts
from measures.large_body import LargeBody
from measures.probing import Probing
from measures.requests import Requests
from measures.snapshots import Snapshots
from measures.start import Start
from measures.streams import Streams, WideStreams
from measures.tls import Tls
from measures.translation import Translation
from measures.workers import Workers

# In the order in which a round takes them.
ALL = {measure.NAME: measure for measure in (
    Requests, Streams, WideStreams, LargeBody, Translation, Start, Tls, Workers,
    Catalog, Snapshots, Probing, Counts)}
