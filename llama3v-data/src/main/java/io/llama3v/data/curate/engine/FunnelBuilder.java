package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.curate.ledger.Histograms;
import io.llama3v.data.curate.ledger.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the funnel out of the shards' tallies. */
final class FunnelBuilder {
  private final CurationJob job;

  FunnelBuilder(CurationJob job) {
    this.job = job;
  }

  Funnel build() throws IOException {
    Tally all = Tally.empty();
    for (int s = 0; s < job.shards().size(); s++) {
      all = all.plus(ShardPlan.tally(job, s));
    }
    if (all.kept() + all.dropped() != all.input()) {
      throw new IllegalStateException("the ledger does not add up: " + all.input() + " samples, " + all.kept() + " kept, " + all.dropped()
          + " dropped");
    }
    Map<String, String> pictures = new Thumbnails(job).of(all);
    List<String> order = new ArrayList<>(List.of(Drop.READ));
    Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    for (Step<?> step : job.steps()) {
      if (!order.contains(step.name())) {
        order.add(step.name());
      }
      settings.put(step.name(), new TreeMap<>(step.settings()));
    }
    List<Funnel.Stage> stages = new ArrayList<>();
    long in = all.input();
    for (String step : order) {
      Funnel.Stage stage = stage(step, in, all, pictures);
      stages.add(stage);
      in -= stage.dropped();
    }
    return new Funnel(job.config().run().getFileName().toString(), all.input(), all.kept(), all.kinds(), stages, Histograms.of(all),
        cards(all.examples().getOrDefault("", List.of()), pictures), settings);
  }

  private Funnel.Stage stage(String step, long in, Tally all, Map<String, String> pictures) {
    List<Funnel.Reason> reasons = new ArrayList<>();
    all.drops().forEach((name, count) -> {
      if (name.startsWith(step + "/")) {
        reasons.add(new Funnel.Reason(name.substring(step.length() + 1), count, cards(all.examples().getOrDefault(name, List.of()), pictures)));
      }
    });
    reasons.sort(Comparator.comparingLong(Funnel.Reason::count).reversed());
    return new Funnel.Stage(step, in, reasons.stream().mapToLong(Funnel.Reason::count).sum(), reasons);
  }

  private List<Funnel.Card> cards(List<Tally.Example> examples, Map<String, String> pictures) {
    return examples.stream().map(e -> new Funnel.Card(job.shards().get(e.shard()).name(), e.key(), e.caption(), e.detail(), e.scores(),
        pictures.getOrDefault(Thumbnails.place(e.shard(), e.index()), ""))).toList();
  }
}
