package io.llama3v.data.shard;

import io.llama3v.data.sample.SampleName;
import java.util.Optional;

/** Decides which archive members belong to samples, and counts those that do not. */
final class MemberFilter {
  static final String LINK_OR_DEVICE = "link or device";
  static final String SPARSE = "sparse file";
  static final String OTHER_NAME = "name outside the rules";
  static final String TOO_LARGE = "member over the limit";
  private final String file;
  private final ShardLimits limits;
  private final ShardReport report;

  MemberFilter(String file, ShardLimits limits, ShardReport report) {
    this.file = file;
    this.limits = limits;
    this.report = report;
  }

  /** The sample name of a member to read, or empty if it is none (and then counted, directories excepted). */
  Optional<SampleName> sampleName(TarMember member) {
    if (member.isDirectory()) {
      return Optional.empty();
    }
    if (member.sparse()) {
      return skip(SPARSE, member);
    }
    if (!member.isFile()) {
      return skip(LINK_OR_DEVICE, member);
    }
    if (member.name().chars().anyMatch(Character::isISOControl)) {
      return skip(OTHER_NAME, member);
    }
    Optional<SampleName> name = SampleName.parse(member.name());
    return name.isPresent() ? name : skip(OTHER_NAME, member);
  }

  /** The key of a member that would be one of a sample if its name had no control characters in it; null for all others. */
  String unusable(TarMember member) {
    boolean controls = member.name().chars().anyMatch(Character::isISOControl);
    return controls && member.isFile() ? SampleName.parse(member.name()).map(SampleName::key).orElse(null) : null;
  }

  boolean tooLarge(TarMember member) {
    if (member.size() <= limits.maxMemberBytes()) {
      return false;
    }
    skip(TOO_LARGE, member);
    return true;
  }

  private Optional<SampleName> skip(String reason, TarMember member) {
    report.count(reason, file + ": " + TarScanner.printable(member.name()));
    return Optional.empty();
  }
}
