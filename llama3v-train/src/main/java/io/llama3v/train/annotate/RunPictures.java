package io.llama3v.train.annotate;

import io.llama3v.config.ConfigLoader;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.stage.ClipPicture;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run has its pictures, and what describes them. */
public final class RunPictures {
  /**
   * What was found.
   *
   * @param data pattern of shards, or a folder of pictures
   * @param descriptor folder of a CLIP or copy-detection checkpoint, or null
   * @param picture how CLIP was shown pictures
   */
  public record Found(String data, Path descriptor, ClipPicture picture) {}

  private RunPictures() {}

  /**
   * Looks into the configuration that a run left.
   *
   * @param data what is to be used instead of its questions, or null
   * @param descriptor what is to be used instead of its CLIP: {@code none} for nothing; or null
   * @throws IOException if there is neither a configuration nor {@code data}
   */
  public static Found find(Path run, String data, Path descriptor) throws IOException {
    Path file = run.resolve(RunFiles.CONFIG);
    PipelineConfig config = Files.isRegularFile(file) ? ConfigLoader.load(file, PipelineConfig.class) : null;
    if (data == null && config == null) {
      throw new IOException(run + " has no " + RunFiles.CONFIG + " that says where pictures are; name them with --data");
    }
    String pictures = data == null ? config.corpus().folder().resolve("questions/train") + "-[0-9]*.tar" : data;
    ClipPicture shown = config == null || config.clip() == null ? ClipPicture.COLOUR : config.clip().picture();
    if (descriptor != null) return new Found(pictures, descriptor.toString().equals("none") ? null : descriptor, shown);
    Path clip = config != null && config.clip() != null && config.clip().load() != null ? config.clip().load() : run.resolve("clip");
    return new Found(pictures, Files.isRegularFile(clip.resolve("config.json")) ? clip : null, shown);
  }
}
