import io.llama3v.backend.Backend;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.dedup.PerceptualHash;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.train.curate.CopyModelDescriptor;
import io.llama3v.vision.copy.CopyDescriptor;
import io.llama3v.vision.copy.CopyModel;
import io.llama3v.vision.copy.CopyModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Encoded pictures to descriptors, as the step 'copies' does it: pictures a second, on all cores that the process may use. Pin it to
 * one core for pictures a second and core. Weights of the networks are random: time does not depend on them.
 *
 * <pre>
 * taskset -c 0 java --add-modules jdk.incubator.vector -Xmx2g -cp "llama3v-train/target/lib/*:…" examples/bench/Describe.java \
 *   [phash,small,sscd] [rounds, 3] [pattern of shards; made-up JPEG files of 512 x 384 pixels without]
 * </pre>
 */
public class Describe {
  private static final int BATCH = 32;

  public static void main(String[] args) throws Exception {
    List<String> descriptors = List.of((args.length > 0 ? args[0] : "phash,small,sscd").split(","));
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    int cores = Runtime.getRuntime().availableProcessors();
    List<byte[]> pictures = args.length > 2 ? read(args[2], 512) : made(256);
    long bytes = pictures.stream().mapToLong(p -> p.length).sum();
    RgbImage first = ImageDecoder.decode(pictures.get(0), "first");
    System.out.printf("%d pictures of %,d bytes on average, the first %d x %d; %d cores%n", pictures.size(), bytes / pictures.size(),
        first.width(), first.height(), cores);
    for (String name : descriptors) {
      List<byte[]> some = name.equals("sscd") ? pictures.subList(0, Math.min(BATCH, pictures.size())) : pictures;
      try (ImageDescriptor descriptor = open(name)) {
        double[] rates = new double[rounds];
        for (int round = -1; round < rounds; round++) {
          double rate = rate(some, descriptor, cores);
          if (round >= 0) rates[round] = rate;
        }
        java.util.Arrays.sort(rates);
        System.out.printf("%-6s %8.1f pictures/s, %8.1f per core (median of %d rounds; %.1f to %.1f)%n", name, rates[rounds / 2],
            rates[rounds / 2] / cores, rounds, rates[0], rates[rounds - 1]);
      }
    }
  }

  private static double rate(List<byte[]> pictures, ImageDescriptor descriptor, int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Future<Integer>> futures = new ArrayList<>();
      for (int from = 0; from < pictures.size(); from += BATCH) {
        List<byte[]> batch = pictures.subList(from, Math.min(pictures.size(), from + BATCH));
        futures.add(pool.submit(() -> descriptor.describe(batch.stream().map(b -> ImageDecoder.decode(b, "picture")).toList()).length));
      }
      int described = 0;
      for (Future<Integer> f : futures) described += f.get();
      return described / ((System.nanoTime() - start) / 1e9);
    } finally {
      pool.shutdown();
    }
  }

  private static ImageDescriptor open(String name) throws Exception {
    if (name.equals("phash")) return PerceptualHash.COSINE;
    CopyModelConfig config = switch (name) {
      case "small" -> CopyModelConfig.small();
      case "sscd" -> CopyModelConfig.sscd();
      default -> throw new IllegalArgumentException("no descriptor is called '" + name + "'; there are phash, small and sscd");
    };
    Path folder = Files.createTempDirectory("describe");
    try (Backend backend = Backend.best(); CopyModel model = new CopyModel(config)) {
      model.initialize(backend, 1);
      model.save(folder);
    }
    ImageDescriptor opened = new CopyModelDescriptor(CopyDescriptor.load(folder));
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) Files.delete(file);
    }
    Files.delete(folder);
    return opened;
  }

  private static List<byte[]> read(String shards, int most) throws Exception {
    List<byte[]> pictures = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(shards)) {
      for (long i = 0; i < Math.min(most, index.size()); i++) pictures.add(index.read(i).image());
    }
    return pictures;
  }

  /** Coarse noise under fine noise, at JPEG's quality 85: about as hard to decode as photographs of that size. */
  private static List<byte[]> made(int count) {
    List<byte[]> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(i);
      byte[] coarse = new byte[3 * 16 * 12];
      random.nextBytes(coarse);
      byte[] rgb = Resize.resize(new RgbImage(16, 12, coarse), 512, 384, Resize.Filter.BILINEAR).rgb();
      for (int p = 0; p < rgb.length; p++) rgb[p] = (byte) Math.max(0, Math.min(255, (rgb[p] & 255) + random.nextInt(25) - 12));
      pictures.add(ImageEdits.jpegBytes(new RgbImage(512, 384, rgb), 0.85));
    }
    return pictures;
  }
}
