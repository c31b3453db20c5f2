package io.llama3v.train.loop;

import io.llama3v.backend.Backend;
import io.llama3v.io.Digests;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.SaveStep;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.report.MetricsLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * A process made to be killed in the middle of saving: a training for every {@link Place}, each in a thread of its own, that goes as
 * far as that place and stands still. The last thing it says is {@value #READY}.
 */
public final class SaveVictim {
  static final String READY = "all stand at their places";
  static final int STEPS = 12;
  static final int EVERY = 2;

  /** A step of the save protocol in the n-th save of a training. */
  record Place(SaveStep step, int save) {
    Path folder(Path root) {
      return root.resolve(step + "-" + save);
    }
  }

  private SaveVictim() {}

  public static void main(String[] args) throws InterruptedException {
    Path root = Path.of(args[0]);
    for (int save : new int[] {1, 3}) {
      for (SaveStep step : SaveStep.values()) {
        Place place = new Place(step, save);
        if (place.save == 1 && step == SaveStep.OLD_SET_ASIDE) continue; // nothing is old yet
        CountDownLatch there = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
          try {
            train(place.folder(root), at(place, () -> {
              there.countDown();
              new CountDownLatch(1).await();
            }));
            System.err.println(place + " was not reached");
          } catch (IOException failed) {
            failed.printStackTrace();
          }
        });
        thread.setDaemon(true);
        thread.start();
        there.await();
      }
    }
    System.out.println(READY);
    new CountDownLatch(1).await();
  }

  /** What happens at a place. */
  interface Deed {
    void happen() throws IOException, InterruptedException;
  }

  static SaveStep.Observer at(Place place, Deed deed) {
    int[] saves = {0};
    return step -> {
      if (step == SaveStep.FOLDER_MADE) saves[0]++;
      if (saves[0] != place.save || step != place.step) return;
      try {
        deed.happen();
      } catch (InterruptedException impossible) {
        throw new IllegalStateException(impossible);
      }
    };
  }

  /** Trains in a folder, from the newest checkpoint there if there is one; returns hashes of all that it ends with. */
  static Map<String, String> train(Path folder, SaveStep.Observer observer) throws IOException {
    try (Backend backend = Backend.named("cpu"); Regression model = new Regression(backend, 3);
        AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.warmupCosine(2e-2, 2, STEPS)).build();
        Ema ema = new Ema(model.parameters(), 0.9)) {
      TrainingLoop.of("fit", optimizer, model.task(), Regression.batches(5, 8)).steps(STEPS).ema(ema)
          .metrics(folder.resolve("metrics.jsonl"), 1).checkpoints(new CheckpointStore(folder.resolve("checkpoints"), 2, observer), EVERY)
          .build().run();
      Map<String, String> end = new TreeMap<>();
      optimizer.parameters().forEach((name, tensor) -> end.put(name, hash(tensor)));
      optimizer.moments().forEach((name, tensor) -> end.put(name, hash(tensor)));
      ema.averages().forEach((name, tensor) -> end.put("ema." + name, hash(tensor)));
      end.put("updates", optimizer.updates() + " " + ema.updates());
      StringBuilder losses = new StringBuilder();
      MetricsLog.read(folder.resolve("metrics.jsonl")).forEach(line ->
          losses.append(line.step()).append(' ').append(line.values().get("loss")).append('\n'));
      end.put("losses", losses.toString());
      return end;
    }
  }

  private static String hash(Tensor tensor) {
    MessageDigest digest = Digests.sha256();
    for (float value : tensor.toFloats()) digest.update(ByteBuffer.allocate(4).putFloat(value).flip());
    return Digests.hex(digest);
  }
}
