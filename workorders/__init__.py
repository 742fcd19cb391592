"""Orders (办电工单) from draft to archive; imports signing, accounts, notifications, files. `hooks` lets chat in."""
