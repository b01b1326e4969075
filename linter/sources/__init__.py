"""Where content comes from: each source lists what there is to scan, and hands it out in batches."""
