package io.llama3v.data.curate.quality;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import io.llama3v.data.format.TextLines;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/**
 * Safety: a block-list of hashes, classifiers, and blurred faces. Reasons: {@code blocked-hash}, {@code unsafe-NAME}. Where faces are found,
 * the note {@code faces} has their boxes and the curated picture is a new one.
 */
public final class SafetyStep implements Step<Void> {
  private static final String FACES = "faces";
  private final SafetyConfig config;
  private final Set<String> blocked = new HashSet<>();
  private final List<PictureClassifier> classifiers = new ArrayList<>();
  private final FaceFinder faces;
  private final String blocklist;

  /** With what providers on the class path bring. */
  public SafetyStep(SafetyConfig config) throws IOException {
    this(config, ServiceLoader.load(SafetyProvider.class).stream().map(ServiceLoader.Provider::get).toList());
  }

  /**
   * @throws IllegalArgumentException if no provider has what the configuration asks for
   * @throws IOException if the block-list cannot be read
   */
  public SafetyStep(SafetyConfig config, List<SafetyProvider> providers) throws IOException {
    this.config = config;
    if (config.blocklist() != null) {
      readBlocklist();
    }
    blocklist = config.blocklist() == null ? "" : Digests.sha256(config.blocklist());
    for (String name : config.classifiers().keySet()) {
      PictureClassifier found = null;
      for (SafetyProvider provider : providers) {
        found = found == null ? provider.classifier(name).orElse(null) : found;
      }
      if (found == null) {
        throw new IllegalArgumentException("safety.classifiers names '" + name + "', and no SafetyProvider on the class path has it ("
            + providers.size() + " there)");
      }
      classifiers.add(found);
    }
    FaceFinder finder = null;
    for (SafetyProvider provider : config.blurFaces() ? providers : List.<SafetyProvider>of()) {
      Optional<FaceFinder> other = finder == null ? provider.faceFinder() : Optional.empty();
      finder = other.orElse(finder);
    }
    if (config.blurFaces() && finder == null) {
      throw new IllegalArgumentException("safety.blur_faces is set, and no SafetyProvider on the class path has a face finder");
    }
    faces = finder;
  }

  private void readBlocklist() throws IOException {
    TextLines.forEach(config.blocklist(), (line, number) -> {
      String hash = line.strip().toLowerCase(Locale.ROOT);
      if (hash.isEmpty() || hash.startsWith("#")) {
        return;
      }
      if (!hash.matches("[0-9a-f]{64}")) {
        throw new IOException(config.blocklist() + ":" + number + ": expected the 64 hexadecimal digits of a SHA-256, found '" + line + "'");
      }
      blocked.add(hash);
    });
  }

  @Override
  public String name() {
    return "safety";
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(Map.of("blocklist", blocklist, "thresholds", config.classifiers().toString(), "version", "1"));
    classifiers.forEach(c -> settings.put("classifier." + c.name(), c.fingerprint()));
    settings.put(FACES, faces == null ? "" : faces.fingerprint());
    return settings;
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    List<RgbImage> images = classifiers.isEmpty() && faces == null ? List.of() : batch.stream().map(Candidate::image).toList();
    List<double[]> scores = classifiers.stream().map(c -> c.score(images)).toList();
    List<List<FaceFinder.Face>> found = faces == null ? List.of() : faces.find(images);
    List<CurationRecord> judged = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      CurationRecord record = batch.get(i).record();
      String reason = blocked.contains(Digests.sha256(batch.get(i).bytes())) ? "blocked-hash" : null;
      for (int c = 0; c < classifiers.size(); c++) {
        String name = classifiers.get(c).name();
        record = record.withScore("safety." + name, scores.get(c)[i]);
        reason = reason == null && scores.get(c)[i] >= config.classifiers().get(name) ? "unsafe-" + name : reason;
      }
      if (faces != null && !found.get(i).isEmpty()) {
        record = record.withNote(FACES, Json.write(found.get(i)));
      }
      judged.add(reason == null ? record : record.dropped(name(), reason));
    }
    return judged;
  }

  @Override
  public boolean showsDropped() {
    return false;
  }

  @Override
  public boolean editsPictures() {
    return faces != null;
  }

  @Override
  public byte[] edit(CurationRecord record, byte[] bytes) throws IOException {
    String note = record.notes().get(FACES);
    if (note == null) {
      return bytes;
    }
    List<FaceFinder.Face> boxes = new ArrayList<>();
    for (JsonNode box : Json.parse(note, record.id())) {
      boxes.add(new FaceFinder.Face(box.path("left").asInt(), box.path("top").asInt(), box.path("right").asInt(), box.path("bottom").asInt()));
    }
    return FaceBlur.apply(ImageDecoder.decode(bytes, record.id()), boxes, record.picture().format());
  }

  @Override
  public void close() {
    classifiers.forEach(PictureClassifier::close);
    if (faces != null) {
      faces.close();
    }
  }
}
